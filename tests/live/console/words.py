"""The console's texts as its catalogues have them, so that tests find by name what people see."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tests.processes import ROOT

type Language = Literal["en", "ko"]

_SOURCE = ROOT / "console" / "src"
_ENTRY = re.compile(r'^\s*"?([\w.]+)"?:\s*"((?:[^"\\]|\\.)*)",?$', re.MULTILINE)


@dataclass(frozen=True)
class Words:
    """Looks up texts in one language; `{name}` in them is replaced."""

    language: Language

    def __call__(self, catalogue: str, key: str, **values: object) -> str:
        """The text of a key in `console/src/<catalogue>/messages.ts`; raises :class:`KeyError`."""
        text = _catalogue(catalogue)[self.language][key]
        return re.sub(r"\{(\w+)\}", lambda match: str(values.get(match[1], match[0])), text)

    def pattern(self, catalogue: str, key: str) -> re.Pattern[str]:
        """The text as a pattern, anything in place of its `{name}`s."""
        parts = re.split(r"\{\w+\}", _catalogue(catalogue)[self.language][key])
        return re.compile("^" + ".*".join(map(re.escape, parts)) + "$")


@cache
def _catalogue(name: str) -> dict[Language, dict[str, str]]:
    source = (_SOURCE / name / "messages.ts").read_text(encoding="utf-8")
    # A text that is too long for its line stands on the next one.
    entries = _ENTRY.findall(re.sub(r":\n\s+\"", ': "', source))
    half = len(entries) // 2
    as_text = [(key, value.replace('\\"', '"')) for key, value in entries]
    return {"en": dict(as_text[:half]), "ko": dict(as_text[half:])}
