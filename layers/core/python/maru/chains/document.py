"""The document of a chain, and the walk through its steps."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Field, JsonValue

from maru.chains.kinds import Approve, Choice, Map, Parallel, Step, Strict, Template
from maru.chains.triggers import Trigger
from maru.exact import Several
from maru.models.prices import counted

NAME = r"^[a-z0-9][a-z0-9_-]{0,47}$"
LABEL = r"^[a-z][a-z0-9_-]{0,31}$"


class Chain(Strict):
    """A version of a chain.

    ``input`` is the JSON schema of what a run takes; ``output`` shapes what it gives, from the last step's output and the variables.
    ``cost_cap_usd`` and ``deadline_seconds`` bound each run (a run may ask for less), ``concurrency`` the runs of one tenant at once.
    ``labels`` are moved to this version when it is published; ``triggers`` start runs of the version on which ``live`` stands.
    """

    chain: str = Field(pattern=NAME)
    description: str = Field(default="", max_length=1000)
    labels: Several[Annotated[str, Field(pattern=LABEL)]] = Field(default=(), max_length=10)
    input: dict[str, JsonValue] = Field(default={"type": "object"})
    output: Template = "{% $states.input %}"
    cost_cap_usd: Annotated[float, Field(gt=0, le=100_000), AfterValidator(counted)] | None = None
    deadline_seconds: int = Field(default=86_400, ge=1, le=31_536_000)
    concurrency: int = Field(default=20, ge=1, le=1000)
    triggers: Several[Trigger] = Field(default=(), max_length=20)
    steps: Several[Step] = Field(min_length=1, max_length=100)


def inner(step: Step) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """The lists of steps inside a step, each with the name of its place (``choices.0.steps``, ``branches.left``, …)."""
    for number, caught in enumerate(step.catch):
        yield f"catch.{number}.steps", caught.steps
    match step:
        case Choice():
            yield from ((f"choices.{number}.steps", way.steps) for number, way in enumerate(step.choices))
            yield "otherwise", step.otherwise
        case Parallel():
            yield from ((f"branches.{name}", steps) for name, steps in step.branches.items())
        case Map():
            yield "steps", step.steps
        case Approve():
            yield from ((name, getattr(step, name)) for name in ("rejected", "expired") if getattr(step, name) is not None)
        case _:
            return


def all_steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Every step, outer ones first."""
    for step in steps:
        yield step
        for _, within in inner(step):
            yield from all_steps(within)


def public(chain: Chain) -> dict[str, Any]:
    """The document as plain JSON, without what was left at its default; :class:`Chain` reads it again."""
    return chain.model_dump(mode="json", by_alias=True, exclude_unset=True)
