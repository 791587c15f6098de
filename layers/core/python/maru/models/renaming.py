"""The model's own name in a stream's bytes, made the alias without reading what stands around it."""

import json
import re

#: What a block must not hold to be passed on unread: inside a JSON text their quotation marks would be escaped.
_LOUD = (b'"finish_reason":"', b'"finish_reason": "', b'"usage":{', b'"usage": {', b'"error"', b"[DONE]", b"event:", b"\n:", b"data:{")
#: A text in parts is made one (:func:`maru.models.chunks.flatten`), an end for another reason than OpenAI's gets one of these.
_IN_PARTS = re.compile(rb'"content": ?\[\{"type"|"content": ?\[\]')
_ODD_END = re.compile(rb'"finish_reason": ?"(?!(?:stop|length|tool_calls|function_call|content_filter)")')
_SPACINGS = (b'"model":%b', b'"model": %b')


class Renaming:
    """Knows, from the first event on, how a server writes its model's name."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._needle: bytes | None = None
        self._ours = b""

    def learn(self, event: bytes, name: object) -> None:
        """From this event on the name is replaced, as long as the server writes it as it did here."""
        written = json.dumps(name, ensure_ascii=False).encode()
        needle = next((spaced % written for spaced in _SPACINGS if spaced % written in event), None)
        if needle:
            self._needle = needle
            self._ours = needle.removesuffix(written) + json.dumps(self._alias, ensure_ascii=False).encode()

    def quiet_part(self, block: bytes) -> int:
        """How many bytes from the block's beginning are whole events that can be passed on unread."""
        if self._needle is None or not block.startswith(b"data: {"):
            return 0
        loud = whole = len(block)
        for mark in _LOUD:
            if (place := block.find(mark, 0, loud)) >= 0:
                loud = place
        if found := _IN_PARTS.search(block, 0, loud):
            loud = found.start()
        end = whole if loud == whole else block.rfind(b"\n\n", 0, loud) + 2
        if end < 2 or block.count(self._needle, 0, end) != block.count(b"data: ", 0, end):
            return 0
        return end

    def quietly(self, block: bytes) -> bytes:
        """Events with the alias for the name, all read as bytes; those of a quiet part only."""
        return block.replace(self._needle or b"", self._ours)

    def event(self, event: bytes) -> bytes | None:
        """One event with the alias for the name; None where it must be written anew."""
        if self._needle is None or not event.startswith(b"data: ") or event.count(self._needle) != 1:
            return None
        if _IN_PARTS.search(event) or _ODD_END.search(event):
            return None
        return event.replace(self._needle, self._ours)
