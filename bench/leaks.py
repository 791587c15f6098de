"""What of personal data and secrets leaves a stream, however it is cut: every fixture, place and action, every cut in one, two and three.

    python -m bench.leaks [--write]

What runs is the way of an answer itself: a model's deltas through the guard of completions (:class:`ScreenedStream`) or of agents
(:class:`GuardedWriting`), to the bytes of events that a client reads. Nothing is left out and nothing drawn by chance. It comes to an end
because what functions of their arguments alone have given is kept: what the checks find in a window of text, how it reads without its
disguises, and where a match may be in progress. Whoever holds text back, lets it go, masks it and gives it back runs anew for every cut.

`mask` and `block`: a cut counts where any part of the fixture's values leaves. `restore`: the caller's own values come back as they would
without a cut, while the value of a stranger beside them does not; either failing counts.
`wire`: every cut in up to three of the *bytes* of a model's events, in UTF-8 and as JSON escapes, through the reader of events; equal
events count as one answer further on.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from itertools import combinations, pairwise

from bench.report import report
from maru.models.chunks import parsed as chunk_of
from maru.models.sse import Cutter, data_of, events
from tests.remembering import Readings, Remembering
from tests.unit.guard import test_stream_matrix as matrix
from tests.unit.guard.test_stream import FIXTURES, splits

_WAYS = (1, 2, 3)
_STRANGER = "010-9999-8877"
_POLICIES = {action: matrix.policy(action) for action in ("mask", "block")}


def main() -> None:
    """Print the table."""
    rows = asyncio.run(_table())
    report("leaks", ("place", "mask", "block", "restore", "cuts tried"), rows)


async def _table() -> list[tuple[str, ...]]:
    guard, readings = Remembering(), Readings()
    matrix.GUARD = guard
    rows, all_tried = [], 0
    for place in matrix.PLACES:
        leaks, tried = dict.fromkeys((*_POLICIES, "restore"), 0), 0
        for name in FIXTURES:
            for action, rules in _POLICIES.items():
                leaks[action] += sum([len(await matrix.leaks(place, rules, name, ways)) for ways in _WAYS])
            answer = await _answer(name)
            leaks["restore"] += await _lost(place, name, answer)
            tried += _cuts(matrix.written(FIXTURES[name][0], place)) * len(_POLICIES) + _cuts(matrix.written(answer, place))
            guard.forget()
            readings.forget()
        rows.append((place, *(str(one) for one in leaks.values()), f"{tried:,}"))
        all_tried += tried
    leaks, tried = await _wire()
    rows.append(("wire", str(leaks["mask"]), str(leaks["block"]), "", f"{tried:,}"))
    return [*rows, ("all", "", "", "", f"{all_tried + tried:,}")]


def _cuts(text: str | bytes) -> int:
    inner = len(text) - 1
    return 1 + inner + inner * (inner - 1) // 2


async def _answer(name: str) -> str:
    """What a model that saw the caller's fixture masked says of it, and a stranger's number."""
    masked = (await matrix.GUARD.check(FIXTURES[name][0], "input", _POLICIES["mask"])).output
    return f"{masked} {_STRANGER} now"


async def _lost(place: str, name: str, answer: str) -> int:
    """Cuts after which the caller's own values do not come back as they do uncut, or a stranger's leave."""
    asked, parts = FIXTURES[name]
    written, way, rules = matrix.written(answer, place), matrix.PLACES[place], _POLICIES["mask"]
    whole = await way([written], rules, asked)
    wrong = [part for part in (*parts, "[") if (part in matrix.readable(whole)) != bool(parts or part == "[")]
    if _STRANGER in whole or wrong:
        return _cuts(written)
    count = 0
    for ways in _WAYS:
        for pieces in splits(written, ways):
            count += await way(pieces, rules, asked) != whole
    return count


async def _wire() -> tuple[dict[str, int], int]:
    """Leaks by action, over every cut of the bytes of events; and how many cuts that were."""
    leaks, tried = dict.fromkeys(_POLICIES, 0), 0
    for text, parts in FIXTURES.values():
        for ascii_only in (False, True):
            wire = _event(text, ascii_only=ascii_only)
            tried += _cuts(wire)
            for told, count in _read(wire).items():
                for action, rules in _POLICIES.items():
                    out = await matrix.PLACES["content"](json.loads(told), rules)
                    leaks[action] += count * any(part in out or part in matrix.readable(out) for part in parts)
    return leaks, tried


def _event(text: str, *, ascii_only: bool) -> bytes:
    """A model's text in two events."""
    half = len(text) // 2
    chunks = [{"choices": [{"index": 0, "delta": {"content": one}}]} for one in (text[:half], text[half:])]
    return b"".join(b"data: " + json.dumps(one, ensure_ascii=ascii_only).encode() + b"\n\n" for one in chunks)


def _read(wire: bytes) -> Counter[str]:
    """The contents that are read, with the number of cuts that give them."""
    told = Counter[tuple[bytes, ...]]()
    for ways in _WAYS:
        for cuts in combinations(range(1, len(wire)), ways - 1):
            cutter = Cutter()
            blocks = [cutter.feed(wire[a:b]) for a, b in pairwise((0, *cuts, len(wire)))]
            told[tuple(data_of(event) for block in (*blocks, cutter.close()) for event in events(block))] += 1
    return Counter({_contents(datas): count for datas, count in told.items()})


def _contents(datas: Sequence[bytes]) -> str:
    return json.dumps([choice["delta"]["content"] for data in datas for choice in chunk_of(data)["choices"]])


if __name__ == "__main__":
    main()
