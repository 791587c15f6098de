"""What policies may name of each check: the labels of its findings, and its options. A misspelt one would be a rule that never acts."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maru.errors import BadRequest
from maru.validation import words

type CheckName = Literal["moderation", "pii", "secrets", "injection", "code", "topics", "links", "size", "grounding"]

#: OpenAI's categories of moderation (its OpenAPI document 2.3.0, CreateModerationResponse).
CATEGORIES = (
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm", "self-harm/instructions",
    "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic",
)  # fmt: skip

_ORDERS = ("override", "prompt_theft", "exfiltration", "tool_abuse", "delimiter", "addressed", "jailbreak", "model")

#: The labels of each check's own findings; those of ``topics`` are the names of the policy's topics.
LABELS: Mapping[CheckName, Collection[str]] = {
    "moderation": CATEGORIES,
    "pii": (
        "ADDRESS", "BANK_ACCOUNT", "CREDIT_CARD", "DATE_OF_BIRTH", "DATE_TIME", "EMAIL", "IBAN", "ID_NUMBER", "IP_ADDRESS",
        "KR_BUSINESS_NUMBER", "KR_CORPORATE_NUMBER", "KR_DRIVER_LICENSE", "KR_PASSPORT", "KR_RRN", "LOCATION", "NAME", "ORGANIZATION",
        "PASSPORT", "PHONE", "TITLE", "URL", "URL_CREDENTIALS", "US_DRIVER_LICENSE", "US_SSN", "VEHICLE_PLATE",
    ),
    "secrets": ("SECRET", "CANARY"),
    "injection": tuple(name for way in ("direct", "indirect") for name in (way, *(f"{way}/{order}" for order in _ORDERS))),
    "code": ("html", "sql", "shell"),
    "links": ("image", "script", "unknown_host", "data"),
    "size": ("characters",),
    "grounding": ("unsupported",),
}  # fmt: skip

type _Word = Annotated[str, Field(min_length=1, max_length=200)]


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Topics(_Options):
    topics: dict[_Word, Annotated[list[_Word], Field(min_length=1, max_length=1_000)]] = {}


class _Links(_Options):
    hosts: Annotated[list[_Word], Field(max_length=1_000)] = []


class _Size(_Options):
    max_characters: Annotated[int, Field(ge=1)] | None = None


_OPTIONS: Mapping[CheckName, type[_Options]] = {"topics": _Topics, "links": _Links, "size": _Size}


def known(name: CheckName, *, labels: Collection[str], options: Mapping[str, Any], others: bool, source: str) -> None:
    """Raise :class:`BadRequest` that names the entry where a label or an option of a check's rule means nothing.

    ``others`` says that somebody else is asked beside the check, whose labels only he knows. ``source`` begins the message.
    """
    taken = _OPTIONS.get(name, _Options)
    try:
        taken.model_validate(options)
    except ValidationError as error:
        has = ", ".join(taken.model_fields) or "none"
        raise mistaken(error, source, at=("checks", name, "options"), hint=f"; its options: {has}") from error
    own = options.get("topics", ()) if name == "topics" else LABELS[name]
    strange = None if others else next((label for label in labels if label not in own), None)
    if strange is not None:
        raise _refused(source, f"checks.{name}.labels.{strange}", f"no label of this check; its labels: {', '.join(own) or 'none'}")


def mistaken(error: ValidationError, source: str, *, at: Sequence[str] = (), hint: str = "") -> BadRequest:
    """What pydantic found first, by its entry below ``at``; ``source`` where it is the whole document."""
    first = error.errors()[0]
    # Keys of unknown checks come with pydantic's own mark.
    entry = ".".join((*at, *(str(part) for part in first["loc"] if part != "[key]"))) or source
    return _refused(source, entry, f"{words(first)}{hint}")


def _refused(source: str, entry: str, why: str) -> BadRequest:
    return BadRequest(f"{source}: '{entry}': {why}.", param=entry, code="invalid_policy")
