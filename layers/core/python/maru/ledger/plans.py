"""Plans: what a tenant may use, how fast, for how much; operators edit them in ``catalogue/plans.yaml``."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from maru.ledger.windows import Window
from maru.models.prices import Amount, Dollars
from maru.validation import words

DEFAULT = "default"
NANO = 1_000_000_000

type Subject = Literal["tenant", "user", "key"]


class PlansError(Exception):
    """The plans cannot be used; the message names the plan and the field."""


type Count = Annotated[int, Field(ge=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rate(_Strict):
    """Requests and tokens (prompt and answer together) per minute and per second; None means no limit."""

    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = None
    requests_per_second: Count | None = None
    tokens_per_second: Count | None = None


class Limits(_Strict):
    """Rates of the whole tenant, of each of its users and of each of its keys."""

    tenant: Rate | None = None
    user: Rate | None = None
    key: Rate | None = None


class PlanBudget(_Strict):
    """A budget that every tenant of the plan has, beside those made for it."""

    window: Window
    limit_usd: Dollars | None = None
    limit_tokens: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.limit_usd is None) == (self.limit_tokens is None):
            raise ValueError("give either 'limit_usd' or 'limit_tokens'")
        return self


class Plan(_Strict):
    """``models`` are the aliases that it opens (None: all); ``markup`` 0.2 charges 1.2 times what a request cost."""

    plan: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    description: str = ""
    models: tuple[str, ...] | None = None
    markup: Amount = Decimal(0)
    limits: Limits = Limits()
    budgets: tuple[PlanBudget, ...] = ()

    def rates(self) -> Iterator[tuple[Subject, Rate]]:
        """The rates that limit somebody."""
        for subject in ("tenant", "user", "key"):
            rate: Rate | None = getattr(self.limits, subject)
            if rate and rate.model_dump(exclude_none=True):
                yield subject, rate

    def charge(self, nanodollars: int) -> int:
        """What the tenant pays for a cost, in nanodollars, half of one rounded to the even side."""
        return int((nanodollars * (1 + self.markup)).to_integral_value())


class Plans:
    """All plans by name; tenants without one have ``default``. Raises :class:`PlansError`."""

    def __init__(self, document: Any, *, source: str = "plans") -> None:
        entries = document.get("plans") if isinstance(document, dict) else None
        if not isinstance(entries, list):
            raise PlansError(f"{source}: plans: a list of entries is expected")
        parsed = [_parsed(entry, f"{source}: plans[{index}]") for index, entry in enumerate(entries)]
        self._plans = {DEFAULT: Plan(plan=DEFAULT)} | {plan.plan: plan for plan in parsed}

    @classmethod
    def load(cls, catalogue: str | Path) -> "Plans":
        """Read ``plans.yaml`` of the catalogue's folder."""
        import yaml

        path = Path(catalogue) / "plans.yaml"
        try:
            document = yaml.safe_load(path.read_bytes())
        except (OSError, yaml.YAMLError) as error:
            raise PlansError(f"{path}: cannot be read as YAML") from error
        return cls(document, source=str(path))

    def __contains__(self, name: str) -> bool:
        return name in self._plans

    def __iter__(self) -> Iterator[Plan]:
        return iter(self._plans.values())

    def of(self, name: str | None) -> Plan:
        """The plan of this name; one that was taken out of the catalogue counts as the default."""
        return self._plans.get(name or DEFAULT, self._plans[DEFAULT])


def _parsed(entry: Any, place: str) -> Plan:
    try:
        return Plan.model_validate(entry)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {words(one)}" for one in error.errors())
        raise PlansError(f"{place}: {problems}") from error
