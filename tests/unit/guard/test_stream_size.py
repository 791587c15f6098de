"""Streams under a policy's size: cut at its limit like whole texts, however they come, and nothing beyond it leaves."""

import pytest

from maru.guard.engine import Guard
from maru.guard.policy import parsed
from tests.unit.guard.test_stream import splits, streamed

TEXT = "All is quite well here 🙂. Call 010-1234-5678 now, please do."
MOST = 45  # in the midst of the number
LIMIT = {"options": {"max_characters": MOST}}
KEPT = "All is quite well here 🙂. "


@pytest.mark.parametrize("hold", ["none", "sentence"])
@pytest.mark.parametrize(("action", "end"), [("block", ""), ("strip", ""), ("mask", "[CHARACTERS_1]"), ("replace", "***")])
async def test_nothing_beyond_the_limit_leaves(action: str, end: str, hold: str) -> None:
    checks = {"size": {"output": action, **LIMIT}, "pii": {"output": "mask"}, "moderation": {"output": "block"}}
    rules = parsed({"name": "sized", "hold": hold, "checks": checks})
    for pieces in ([TEXT], list(TEXT), *splits(TEXT, 2), *splits(TEXT, 3, every=41)):
        out, stream = await streamed(pieces, rules)
        # A number that the limit cuts in two is not told by half.
        assert out.removesuffix(end).rstrip().removesuffix("Call") in {KEPT, KEPT.rstrip()}, pieces
        assert (out.endswith(end), stream.blocked, stream.decision().action) == (True, action == "block", action), pieces
        assert [one.finding.check for one in stream.acted] == ["size"]


async def test_a_text_of_just_the_size_is_whole() -> None:
    rules = parsed({"name": "sized", "checks": {"size": {"output": "block", "options": {"max_characters": len(TEXT)}}}})
    for pieces in ([TEXT], list(TEXT), [TEXT, ""]):
        out, stream = await streamed(pieces, rules)
        assert (out, stream.blocked) == (TEXT, False)
        assert not (await Guard().check(TEXT, "output", rules)).blocked
    for more in (["."], ["", "\ud83d", "\ude42"]):
        out, stream = await streamed([TEXT, *more], rules)
        assert (out, stream.blocked) == (TEXT, True), more


async def test_what_only_tells_is_told_at_the_end() -> None:
    rules = parsed({"name": "sized", "checks": {"size": {"output": "score", **LIMIT}}})
    out, stream = await streamed(list(TEXT), rules)
    assert (out, stream.blocked, stream.decision().action) == (TEXT, False, "score")
