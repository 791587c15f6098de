"""Words that make a number a least or a most, in Korean and English."""

import re

_MIN_AFTER = re.compile(
    r"\s?(?:의\s?)?(?:이상|초과|넘[는게어]|or more|or longer|or older|or over|or above|and over|and above|at minimum|minimum|\+)"
)
_MAX_AFTER = re.compile(
    r"\s?(?:의\s?)?(?:이하|이내|미만|안에|[을를]?\s?(?:초과|넘)[가-힣]*\s?(?:수\s?없|지\s?(?:않|못|아니|말))"
    r"|or less|or fewer|or under|or below|at most|maximum)"
)
_MIN_BEFORE = re.compile(
    r"(?:최소|적어도|at least|(?<!no )(?<!not )(?:more|longer|greater|higher|older) than|\bover|(?:no|not) (?:less|fewer) than|minimum of"
    r"|minimum|(?<!not )(?<!cannot )exceed(?:s|ing|ed)?)\s?(?:of |is |a |an |about )?[₩$€£¥]?$",
    re.IGNORECASE,
)
_MAX_BEFORE = re.compile(
    r"(?:최대|최고|많아야|at most|up to|(?:no|not) (?:more|longer|later|greater|higher) than|(?<!no )(?<!not )(?:less|fewer|lower) than"
    r"|\bunder"
    r"|\bwithin|maximum of|maximum|(?:not|cannot|never) exceed)\s?(?:of |is |a |an |about )?[₩$€£¥]?$",
    re.IGNORECASE,
)


def bound_at(text: str, start: int, end: int) -> str | None:
    """`min` or `max` where the words around the number `text[start:end]` make it a bound, else None."""
    before = text[max(0, start - 28) : start]
    if _MAX_AFTER.match(text, end) or _MAX_BEFORE.search(before):
        return "max"
    return "min" if _MIN_AFTER.match(text, end) or _MIN_BEFORE.search(before) else None
