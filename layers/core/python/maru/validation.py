"""What pydantic found wrong with a caller's data, told to the caller in plain words: no patterns, no names of Python's types."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from maru.errors import BadRequest

#: Among the parts of a place pydantic also names the alternative it tried (`str`, `list[str]`, a class): no field of the caller's.
_ALTERNATIVE = re.compile(r"str|int|float|bool|constrained-.*|.*\[.*|[A-Z].*")
_CODES = {"missing": "missing_required_parameter", "extra_forbidden": "unknown_parameter"}
#: What the patterns of fields ask for.
_SPELLINGS: dict[str, str] = {}
_MUST = "must be "


def spelled(pattern: str, words: str) -> str:
    """The pattern, for a field's ``pattern=``; refusals say ``words`` in its place (``lower-case letters and digits, such as 'hr'``)."""
    _SPELLINGS[pattern] = words
    return pattern


def refusal(error: Any, *, given: Any = None, inside: int = 0, hint: Callable[[str], str] | None = None) -> BadRequest:
    """The error of a caller whose data broke a model's rules: its first mistake, without the value that was sent.

    ``error`` is pydantic's or FastAPI's, about ``given``; ``inside`` says how many parts of the mistake's place are not the caller's own
    (``body``).
    ``hint`` tells of a query's parameter, or of a number in the body, what it takes, or nothing.
    """
    first = _first(error.errors())
    asked = first["loc"][:1] == ("query",)
    # A list in a query is a parameter that is given several times: its entries have no names.
    parts = [part for part in first["loc"] if isinstance(part, str)] if asked else first["loc"]
    place = [part for part in parts[inside:] if part != "body" and not _ALTERNATIVE.fullmatch(str(part))]
    field = ".".join(_sent(place, given)) or (str(first["loc"][0]) if first["loc"] else "body")
    told = (hint(field) if hint and (asked or _WORDS.get(first["type"]) == _WHOLE) else "") or words(first)
    return BadRequest(f"'{field}': {told}.", param=field, code=_CODES.get(first["type"], "invalid_value"))


def _sent(place: Sequence[str | int], given: Any) -> Iterator[str]:
    """The parts of a place that ``given`` has, and the last, which may be missing.

    Before the fields of one kind of several pydantic names the kind: `target.http.url` of a `target` whose `kind` is `http`.
    """
    for at, part in enumerate(place):
        if isinstance(given, Mapping):
            if part not in given and at + 1 < len(place):
                continue
            given = given.get(part)
        elif isinstance(given, list) and isinstance(part, int):
            given = given[part] if part < len(given) else None
        yield str(part)


def words(mistake: Mapping[str, Any]) -> str:
    """One of pydantic's mistakes as half a sentence that begins with its verb: ``must be a whole number``."""
    kind, context, said = mistake["type"], mistake.get("ctx") or {}, mistake["msg"].removeprefix("Value error, ")
    if "UploadFile" in said:  # FastAPI's own words for a form's field that came without a file name
        return "Send a file with its name, as a part of multipart/form-data"
    if kind == "string_pattern_mismatch":
        return _MUST + _SPELLINGS.get(context["pattern"], "in another form: see its description at /docs")
    if context.get("min_length") == 1:
        return "must not be empty"
    template = _WORDS.get(kind)
    return template.format_map({"field_type": "", **context}) if template else said


def number_words(least: float | None, most: float | None, example: object) -> str:
    """What a whole number in a query may be, with one that is right."""
    if least is not None and most is not None:
        span = f" from {least} to {most}"
    else:
        span = f", {least} or more" if least is not None else f", {most} or less" if most is not None else ""
    return f"{_MUST}a whole number{span}" + (f", such as {example}" if example is not None else "")


def _first(found: Sequence[Any]) -> Any:
    """The mistake to tell. Of a field that takes several kinds of values pydantic tells what is wrong beside each kind: the kind that was
    sent is the one meant, and where it is none of them, all are named.
    """
    first = found[0]
    end = next((at for at, part in enumerate(first["loc"]) if isinstance(part, str) and _ALTERNATIVE.fullmatch(part)), None)
    if end is None:
        return first
    union = [one for one in found if one["loc"][:end] == first["loc"][:end] and len(one["loc"]) > end]
    meant = [one for one in union if len(one["loc"]) > end + 1 or not one["type"].endswith("_type")]
    if meant:
        return min(meant, key=lambda one: one["type"].endswith("_type"))
    kinds = dict.fromkeys(words(one).removeprefix(_MUST) for one in union)
    return {**first, "type": "", "msg": _MUST + " or ".join(kinds)}


_WHOLE, _NUMBER, _LIST, _OBJECT = (f"{_MUST}{what}" for what in ("a whole number", "a number", "a list", "an object"))
_TIME, _DAY = f"{_MUST}a time, such as 2026-11-28T09:00:00Z", f"{_MUST}a date, such as 2026-11-28"
_ADDRESS = f"{_MUST}an address, such as https://example.com/path"
#: By pydantic's types of mistakes; braces are its context.
_WORDS = {
    "missing": "is required",
    "extra_forbidden": "there is no such field here",
    "none_required": f"{_MUST}null",
    "string_type": f"{_MUST}a string",
    "bytes_type": f"{_MUST}a string",
    "string_too_short": "has fewer than {min_length} characters",
    "string_too_long": "has more than {max_length} characters",
    "bool_type": f"{_MUST}true or false",
    "bool_parsing": f"{_MUST}true or false",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number", "decimal_type", "decimal_parsing"), _NUMBER),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), _LIST),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), _OBJECT),
    "greater_than_equal": _MUST + "{ge} or more",
    "greater_than": _MUST + "more than {gt}",
    "less_than_equal": _MUST + "{le} or less",
    "less_than": _MUST + "less than {lt}",
    "multiple_of": _MUST + "a multiple of {multiple_of}",
    "too_short": "has fewer than {min_length} entries",
    "too_long": "has more than {max_length} entries",
    "literal_error": _MUST + "{expected}",
    "enum": _MUST + "{expected}",
    "union_tag_invalid": "{discriminator} must be one of {expected_tags}",
    "union_tag_not_found": "must say its {discriminator}",
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing"), _TIME),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), _DAY),
    **dict.fromkeys(("url_type", "url_parsing", "url_scheme"), _ADDRESS),
}
