"""Policies: which check does what with a text in which place, as data that operators and tenants write."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from maru.errors import BadRequest
from maru.exact import Exact, Several
from maru.guard.check import Place
from maru.guard.vocabulary import CheckName, known, mistaken
from maru.validation import spelled

type Action = Literal["allow", "score", "mask", "strip", "block", "replace"]
type Fail = Literal["closed", "open"]

#: The stronger action decides over a text; ``score`` only tells.
STRENGTH: tuple[Action, ...] = ("allow", "score", "strip", "mask", "replace", "block")


class PolicyError(Exception):
    """A policy of the catalogue cannot be used; the message names the file and the entry."""


class _Strict(Exact):
    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)


class Rule(_Strict):
    """What is done in each place; one that is not named takes ``default``, or what the check itself says.

    Findings with a score below ``threshold`` do not exist for it. ``replacement`` is what ``replace`` writes.
    """

    default: Action | None = None
    input: Action | None = None
    history: Action | None = None
    passage: Action | None = None
    tool_arguments: Action | None = None
    tool_result: Action | None = None
    output: Action | None = None
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    replacement: Annotated[str, Field(max_length=500)] | None = None

    def at(self, place: Place) -> Action | None:
        """The action that this rule itself names for a place."""
        said: Action | None = getattr(self, place)
        return said or self.default


class Provider(_Strict):
    """Somebody else who is asked: a Bedrock ``guardrail``, Comprehend, OpenAI's endpoint, or a ``model`` alias that judges.

    ``fail`` and ``deadline_ms`` are the check's where the provider names none of its own.
    """

    kind: Literal["bedrock", "comprehend", "openai", "alias"]
    guardrail: Annotated[str, Field(min_length=1, max_length=2_048)] | None = None
    version: str = Field(default="DRAFT", max_length=16)
    model: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    fail: Fail | None = None
    deadline_ms: Annotated[int, Field(ge=1, le=60_000)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Provider":
        if self.kind == "bedrock" and self.guardrail is None:
            raise ValueError("a provider of kind 'bedrock' names its 'guardrail'")
        if self.kind == "alias" and self.model is None:
            raise ValueError("a provider of kind 'alias' names its 'model'")
        return self


class CheckRule(Rule):
    """A check's rule with exceptions by label; ``options`` are the check's own (words of a topic, hosts of links, …).

    ``providers`` are asked beside the local check, or in its place where ``local`` is false.
    """

    labels: dict[str, Rule] = Field(default={})
    local: bool = True
    providers: Several[Provider] = Field(default=(), max_length=4)
    fail: Fail | None = None
    deadline_ms: Annotated[int, Field(ge=1, le=60_000)] | None = None
    options: dict[str, Any] = Field(default={})


class Sentences(_Strict):
    """What is said instead of a blocked text, by the user's language."""

    ko: str = Field(min_length=1, max_length=500)
    en: str = Field(min_length=1, max_length=500)


class Incidents(_Strict):
    """Which actions make an incident; ``sample`` keeps up to five texts of each sealed, ``alert`` tells the stage's topic of the first."""

    actions: Several[Action] = ("block",)
    alert: bool = True
    sample: bool = False
    keep_days: Annotated[int, Field(ge=1, le=400)] = 90


class Policy(_Strict):
    """A policy. Agents and steps of chains name theirs, else ``default``; doors without one have policies of their own names:
    ``completions``, ``embeddings``, ``search`` (its queries, what it finds, what reranking models read), ``ingestion``.

    A check that fails (raises, is late, is down) blocks the text where ``fail`` is ``closed``; where it is ``open`` the text goes
    on and the answer says which check was missing. ``hold: sentence`` lets no sentence leave before it was judged whole.
    """

    name: str = Field(pattern=spelled(r"^[a-z0-9][a-z0-9_-]{0,62}$", "1 to 63 of a-z, 0-9, '-' and '_', such as 'strict'"))
    #: Given by the store when it is published; one that a document brings means nothing.
    version: int = Field(default=0, ge=0)
    description: str = Field(default="", max_length=500)
    fail: Fail = "closed"
    hold: Literal["none", "sentence"] = "none"
    deadline_ms: Annotated[int, Field(ge=1, le=60_000)] = 2_000
    checks: dict[CheckName, CheckRule] = Field(default={})
    incidents: Incidents = Incidents()
    blocked_input: Sentences = Sentences(ko="Content violates usage policies", en="Content violates usage policies")
    blocked_output: Sentences = Sentences(
        ko="죄송합니다. 적절한 응답을 생성할 수 없습니다.", en="Sorry, an appropriate response cannot be generated."
    )

    def action(self, check: str, label: str, place: Place) -> Action:
        """What is done with a finding."""
        rule = self._rule(check)
        special = rule.labels.get(label) or rule.labels.get(label.split("/", maxsplit=1)[0])
        return (special.at(place) if special else None) or rule.at(place) or "allow"

    def threshold(self, check: str, label: str) -> float:
        """The score from which on a finding counts; .5 where the policy does not say."""
        rule = self._rule(check)
        special = rule.labels.get(label) or rule.labels.get(label.split("/", maxsplit=1)[0])
        said = special.threshold if special and special.threshold is not None else rule.threshold
        return 0.5 if said is None else said

    def replacement(self, check: str, label: str) -> str:
        """What ``replace`` writes in place of a finding."""
        rule = self._rule(check)
        special = rule.labels.get(label)
        return (special.replacement if special else None) or rule.replacement or "***"

    def active(self, place: Place) -> list[str]:
        """The checks that have anything to do in a place, in the policy's order."""
        return [name for name, rule in self.checks.items() if _acts(rule, place)]

    def acts(self, place: Place) -> bool:
        """Whether a text may leave the place otherwise than it came."""
        return any(_acts(self.checks[name], place, beyond=("allow", "score")) for name in self.active(place))  # type: ignore[index]

    def changes(self, check: str, place: Place) -> bool:
        """Whether a check of this policy does more in a place than to tell."""
        return _acts(self._rule(check), place, beyond=("allow", "score"))

    def fails_open(self, check: str) -> bool:
        """Whether a text goes on without this check; ``check:kind`` means one of its providers."""
        name, _, kind = check.partition(":")
        rule = self._rule(name)
        own = next((one.fail for one in rule.providers if one.kind == kind), None)
        return (own or rule.fail or self.fail) == "open"

    def providers(self, check: str) -> tuple[Provider, ...]:
        """Whom the check asks beside itself."""
        return self._rule(check).providers

    def local(self, check: str) -> bool:
        """Whether the check thinks for itself."""
        return self._rule(check).local

    def deadline(self, check: str) -> float:
        """Seconds that a check may take."""
        return (self._rule(check).deadline_ms or self.deadline_ms) / 1000

    def options(self, check: str) -> dict[str, Any]:
        """The check's own options."""
        return self._rule(check).options

    def _rule(self, check: str) -> CheckRule:
        return self.checks.get(check) or _NONE  # type: ignore[call-overload]


_NONE = CheckRule()


def _acts(rule: CheckRule, place: Place, *, beyond: tuple[Action, ...] = ("allow",)) -> bool:
    own = (rule.at(place) or "allow") not in beyond
    return own or any((special.at(place) or "allow") not in beyond for special in rule.labels.values())


def parsed(document: Any, *, source: str = "policy") -> Policy:
    """The policy that a document says; raises :class:`BadRequest` whose message and param name the entry."""
    try:
        policy = Policy.model_validate(document)
    except ValidationError as error:
        raise mistaken(error, source) from error
    for name, rule in policy.checks.items():
        known(name, labels=rule.labels, options=rule.options, others=bool(rule.providers), source=source)
    return policy


def load(catalogue: str | Path) -> Mapping[str, Policy]:
    """The policies of ``policies/*.yaml`` by name; raises :class:`PolicyError` naming the file and the entry."""
    import yaml

    found: dict[str, Policy] = {}
    for path in sorted((Path(catalogue) / "policies").glob("*.yaml")):
        try:
            policy = parsed(yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader)), source=path.name)  # noqa: S506 - both are safe loaders
        except yaml.YAMLError as error:
            raise PolicyError(f"{path.name}: not YAML: {getattr(error, 'problem_mark', '')}") from error
        except BadRequest as error:
            raise PolicyError(str(error)) from error
        if policy.name != path.stem:
            raise PolicyError(f"{path.name}: 'name' is '{policy.name}', not the file's.")
        found[policy.name] = policy
    return found
