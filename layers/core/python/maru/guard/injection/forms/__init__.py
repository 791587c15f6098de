"""Forms of orders that are not the owner's to give, a module for each kind.

Small letters as folding leaves them; every gap is bounded, so that each reads a text in linear time.
"""

from maru.guard.injection.forms import addressed, delimiter, exfiltration, foreign, jailbreak, override, prompt_theft, tool_abuse

_KINDS = {
    "override": (*override.ROWS, *foreign.ROWS),
    "jailbreak": jailbreak.ROWS,
    "prompt_theft": prompt_theft.ROWS,
    "exfiltration": exfiltration.ROWS,
    "tool_abuse": tool_abuse.ROWS,
    "delimiter": delimiter.ROWS,
    "addressed": addressed.ROWS,
}
#: Kind, score, pattern.
FORMS: tuple[tuple[str, float, str], ...] = tuple((kind, *row) for kind, rows in _KINDS.items() for row in rows)
