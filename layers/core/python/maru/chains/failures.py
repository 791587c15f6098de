"""How steps fail: a class by cause, whose name is what Step Functions matches and what ``catch`` names."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator

from maru.errors import MaruError, RateLimited, UpstreamTimeout

#: Errors of steps that ``catch`` may name; ``all`` is any of them.
ERRORS: dict[str, str] = {
    "Throttled": "a model, a rate or a service asked to come back later",
    "ServiceUnavailable": "a model or a service is down, or answered with something unusable",
    "ModelTimeout": "a model did not answer in time",
    "SchemaUnmet": "a model's answer did not fit its schema after all repairs",
    "InvalidRequest": "what a step asks for is wrong: a missing variable, an unknown prompt, model or store",
    "BudgetSpent": "a budget of the tenant, the user or the key cannot bear the step",
    "ExpressionFailed": "a JSONata expression failed or gave nothing",
    "GuardBlocked": "the guard refused a text",
    "ToolFailed": "a tool refused its arguments or failed",
    "ApprovalRejected": "somebody decided against it",
    "ApprovalExpired": "nobody decided in time",
    "ApprovalVoid": "the arguments are not those that were approved, or nothing was approved",
    "MapFailed": "more items failed than the step tolerates",
    "DeliveryFailed": "a notification was not taken",
    "CostCapReached": "the run's cost cap cannot bear the step",
    "DeadlinePassed": "the run's deadline has passed",
    "StepTimeout": "the step took longer than its timeout",
}
#: Those that may pass when the step is tried again.
PASSING = ("Throttled", "ServiceUnavailable", "ModelTimeout", "DeliveryFailed")


class StepFailed(Exception):
    """A step that failed; the message is for whoever may read the run, without texts of prompts or documents.

    Subclasses are named as in :data:`ERRORS`, because Lambda reports an exception by its class's name.
    """

    registered: ClassVar[dict[str, type["StepFailed"]]] = {}

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __init_subclass__(cls) -> None:
        if cls.__name__ not in ERRORS and cls.__name__ not in {"RunStopped", "StepCrashed"}:
            raise TypeError(f"{cls.__name__} has no entry in ERRORS")
        cls.registered[cls.__name__] = cls


class Throttled(StepFailed):
    """Come back later."""


class ServiceUnavailable(StepFailed):
    """Down at present."""


class ModelTimeout(StepFailed):
    """Silent for too long."""


class SchemaUnmet(StepFailed):
    """The answer does not fit."""


class InvalidRequest(StepFailed):
    """Will not get better by itself."""


class BudgetSpent(StepFailed):
    """A budget's window is spent."""


class ExpressionFailed(StepFailed):
    """JSONata failed."""


class GuardBlocked(StepFailed):
    """A text must not go on."""


class ToolFailed(StepFailed):
    """A built-in failed."""


class ApprovalRejected(StepFailed):
    """Decided against."""


class ApprovalExpired(StepFailed):
    """Not decided in time."""


class ApprovalVoid(StepFailed):
    """Not what was approved."""


class MapFailed(StepFailed):
    """Too many items failed."""


class DeliveryFailed(StepFailed):
    """Not delivered."""


class CostCapReached(StepFailed):
    """The cap is reached."""


class DeadlinePassed(StepFailed):
    """Too late."""


class StepTimeout(StepFailed):
    """Took too long."""


class RunStopped(StepFailed):
    """The run was cancelled or has ended: nothing more is done for it, and nothing catches this."""


class StepCrashed(StepFailed):
    """Nobody foresaw it."""


def failure_of(error: Exception) -> StepFailed:
    """Any error in the terms of steps."""
    if isinstance(error, StepFailed):
        return error
    if isinstance(error, MaruError):
        return _of_maru(error)
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, BotoCoreError | ClientError):
        return ServiceUnavailable("A service of AWS does not answer at present.")
    return StepCrashed("The step failed in a way that nobody foresaw; the log has the cause.")


def _of_maru(error: MaruError) -> StepFailed:
    if isinstance(error, RateLimited):
        kinds = {"run_cost_cap": CostCapReached, "insufficient_quota": BudgetSpent}
        return kinds.get(error.code, Throttled)(error.message)
    if isinstance(error, UpstreamTimeout) or error.code == "model_timeout":
        return ModelTimeout(error.message)
    return ServiceUnavailable(error.message) if error.status >= 500 else InvalidRequest(error.message)


def _known(name: str) -> str:
    if name != "all" and name not in ERRORS:
        raise ValueError(f"there is no error '{name}'; use some of: all, {', '.join(ERRORS)}")
    return name


#: The name of an error as documents have it.
type ErrorName = Annotated[str, AfterValidator(_known)]
