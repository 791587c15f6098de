"""Typed placeholders for personal data, and the way back for the one who may see it."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

#: What a placeholder looks like; nothing else in square brackets is touched.
PLACEHOLDER = re.compile(r"\[([A-Z][A-Z_]{1,39})_(\d{1,6})\]")
#: What may be the beginning of one at the end of a text.
_BEGINNING = re.compile(r"\[(?:[A-Z][A-Z_]{0,40}\d{0,6})?\Z")
_QUOTE = re.compile(r'\\*"')


class Vault:
    """The originals of one session by placeholder; the same value has the same placeholder in all of it."""

    def __init__(self, originals: Mapping[str, str] | None = None) -> None:
        self._originals = dict(originals or {})
        self._placeholders = {value: placeholder for placeholder, value in self._originals.items()}
        self.changed = False
        self._hidden: re.Pattern[str] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was masked yet."""
        return not self._originals

    @property
    def originals(self) -> Mapping[str, str]:
        """Every original by its placeholder."""
        return self._originals

    def placeholder(self, label: str, value: str) -> str:
        """The placeholder of a value, new where it has none yet."""
        if value in self._placeholders:
            return self._placeholders[value]
        number = 1 + sum(one.startswith(f"[{label}_") for one in self._originals)
        while f"[{label}_{number}]" in self._originals:
            number += 1
        placeholder = f"[{label}_{number}]"
        self._originals[placeholder], self._placeholders[value] = value, placeholder
        self.changed, self._hidden = True, None
        return placeholder

    def apart(self) -> "Vault":
        """A vault for what others wrote to this one's user: none of its placeholders gives something of the user's."""
        return Vault({placeholder: placeholder for placeholder in self._originals})

    def reserve(self, text: str) -> None:
        """Take what already looks like a placeholder in a user's own text as itself, so that none of ours is confused with it."""
        for match in PLACEHOLDER.finditer(text):
            if match[0] not in self._originals:
                self._originals[match[0]] = self._placeholders[match[0]] = match[0]
                self.changed = True

    def knows(self, value: str) -> bool:
        """Whether a value, or one that holds it, is the user's to see."""
        return value in self._placeholders or any(value in one for one in self._placeholders)

    def restore(self, text: str) -> str:
        """The text with its originals."""
        return PLACEHOLDER.sub(partial(_original, self._originals), text) if self._originals else text

    def hide(self, text: str) -> str:
        """The text with placeholders for everything known here: what is stored; :meth:`restore` undoes it."""
        values = [value for placeholder, value in self._originals.items() if value != placeholder]
        if not values:
            return text
        if self._hidden is None:
            self._hidden = re.compile("|".join(re.escape(one) for one in sorted(values, key=len, reverse=True)))
        return self._hidden.sub(lambda match: self._placeholders[match[0]], text)

    def hidden[T](self, value: T) -> T:
        """A JSON value with placeholders in all its texts."""
        return _mapped(value, self.hide) if self._originals else value

    def restored[T](self, value: T) -> T:
        """A JSON value with its originals."""
        return _mapped(value, self.restore) if self._originals else value


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _mapped(one, change) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_mapped(one, change) for one in value)
    return value


def _original(originals: Mapping[str, str], match: re.Match[str]) -> str:
    return originals.get(match[0], match[0])


def pseudonym(name: str) -> str:
    """A digest of who asks: it tells users apart and does not tell who they are."""
    return hashlib.sha256(name.encode()).hexdigest()


def defuse(text: str) -> str:
    """A foreign text whose look-alikes of placeholders no longer look like them: a document must not name a user's data."""
    return PLACEHOLDER.sub(r"[\1 \2]", text)


class Restorer:
    """Restores placeholders in a text that comes in pieces, however they are cut; holds back only what may become one.

    Where the text is JSON (``within_json``), originals are written as JSON writes them, in JSON within JSON once for each layer.
    """

    def __init__(self, vault: Vault, *, within_json: bool = False) -> None:
        self._vault, self._held = vault, ""
        self._within_json, self._backslashes, self._layers = within_json, "", 1

    def feed(self, delta: str) -> str:
        """What is certain by now."""
        text = self._held + delta
        begun = _BEGINNING.search(text)
        cut = begun.start() if begun and not self._vault.empty else len(text)
        self._held = text[cut:]
        return self._restored(text[:cut])

    def finish(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return self._restored(held)

    def _restored(self, text: str) -> str:
        if not self._within_json or self._vault.empty:
            return self._vault.restore(text)
        pieces: list[str] = []
        at = 0
        for match in PLACEHOLDER.finditer(text):
            self._read(text[at : match.start()])
            pieces += (text[at : match.start()], self._written(self._vault.restore(match[0])))
            at = match.end()
        self._read(text[at:])
        return "".join((*pieces, text[at:]))

    def _read(self, text: str) -> None:
        """Note in which layer of JSON the last string began: a quote stands there behind 0, 1, 3, 7, … backslashes."""
        text = self._backslashes + text
        for match in _QUOTE.finditer(text):
            self._layers = len(match[0]).bit_length()
        self._backslashes = text[len(text.rstrip("\\")) :]

    def _written(self, value: str) -> str:
        for _ in range(self._layers):
            value = json.dumps(value, ensure_ascii=False)[1:-1]
        return value
