"""The guard over a stream: however the text is cut, what leaves is what the whole text's check lets go."""

import json
import time
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise

import pytest

from maru.guard.check import Subject, Unit
from maru.guard.engine import Guard
from maru.guard.finding import Finding
from maru.guard.masking import Vault
from maru.guard.policy import Policy, parsed
from maru.guard.stream import LONGEST_HOLD, GuardedStream

KEY = "sk-proj-" + "a1B2" * 6
FIXTURES = {
    "mobile": ("전화는 010-1234-5678로 주세요.", ["010-1234-5678"]),
    "dictated": ("번호는 공일공 일이삼사 오육칠팔 입니다", ["공일공", "오육칠팔"]),
    "full width": ("Tel ０１０-1234-5678 ok", ["０１０", "5678"]),
    "registration": ("주민번호 900101-1234568입니다", ["900101", "1234568"]),
    "registration in halves": ("주민번호 앞자리 900101 뒷자리 1234568 맞나요", ["900101", "1234568"]),
    "mail": ("write to minji.kim@example.co.kr, please", ["minji", "example"]),
    "vowel for a dash": ("번호 010ㅡ1234 ㅡ 5678 입니다", ["010", "5678"]),
    "letters for noughts": ("전화 o1o 2222 3333 입니다", ["o1o", "2222", "3333"]),
    "numerals": ("번호는 공일공 여덟여덟구구 하나둘셋넷 입니다", ["공일공", "여덟", "하나둘"]),
    "digits in words": ("ring nought one nought one two three four five six seven eight please", ["nought", "three", "eight"]),
    "dotted mail in words": ("mail minji dot kim at gmail dot com please", ["minji", "gmail"]),
    "mail in Korean words": ("메일은 민지 골뱅이 지메일 닷 컴 입니다", ["민지", "지메일"]),
    "licence": ("license no. F255-9210-0094 is valid", ["F255", "9210"]),
    "spaced mail": ("mail minji @ gmail . com please", ["minji", "gmail"]),
    "mail in Hangul": ("메일은 minji골뱅이 네이버 점 컴 입니다", ["minji", "네이버"]),
    "mail in words": ("it is minji at example dot com thanks", ["minji", "example"]),
    "card": ("card 4539 1488 0343 6467 expires", ["4539", "6467"]),
    "IBAN": ("to GB82 WEST 1234 5698 7654 32 now", ["GB82", "7654"]),
    "Korean name": ("담당자는 홍길동 씨입니다", ["홍길동"]),
    "Korean address": ("주소: 서울 강남구 테헤란로 123, 4층 입니다", ["강남구", "테헤란로", "123"]),
    "plate": ("차량 번호는 12가 3456 입니다", ["12가", "3456"]),
    "secret": (f"key {KEY} here", [KEY[:12], KEY[-8:]]),
    "password": ("password: hunter2secret, ok?", ["hunter2"]),
    "escaped": ('{"a":"\\u0030\\u0031\\u0030-1234-5678"}', ["1234", "5678"]),
    "name beyond ASCII": ("ask Dr. Lori Švédová about it", ["Lori", "Švédová"]),
    "address in small letters": ("it is 85 Trg revolucije 12, I think", ["85", "Trg", "revolucije", "12"]),
    "after a line": ("번호\n010-1234-5678\nminji@example.com", ["010-1234", "5678", "minji"]),
    "nothing": ("오늘 날씨는 맑고, the sky is blue today.", []),
}


def policy(action: str, **more: object) -> Policy:
    return parsed({"name": "test", "checks": {"pii": {"output": action}, "secrets": {"output": action}}} | more)


def splits(text: str, ways: int, *, every: int = 1) -> Iterator[list[str]]:
    for number, cuts in enumerate(combinations(range(1, len(text)), ways - 1)):
        if number % every == 0:
            edges = [0, *cuts, len(text)]
            yield [text[a:b] for a, b in pairwise(edges)]


async def streamed(
    parts: Iterable[str], rules: Policy, guard: Guard | None = None, known: Vault | None = None
) -> tuple[str, GuardedStream]:
    stream = GuardedStream(guard or Guard(), rules, "output", vault=Vault(), known=known)
    return "".join([await stream.feed(part) for part in parts]) + await stream.finish(), stream


@pytest.mark.parametrize("name", FIXTURES)
@pytest.mark.parametrize(("ways", "every"), [(1, 1), (2, 1), (3, 17)])
async def test_masks_are_those_of_the_whole_text(name: str, ways: int, every: int) -> None:
    text, parts = FIXTURES[name]
    whole = (await Guard().check(text, "output", policy("mask"))).output
    assert all(part not in whole for part in parts)
    for pieces in splits(text, ways, every=every):
        assert (await streamed(pieces, policy("mask")))[0] == whole, pieces


@pytest.mark.slow
@pytest.mark.parametrize("name", FIXTURES)
@pytest.mark.parametrize("action", ["mask", "block"])
async def test_no_three_pieces_let_anything_out(name: str, action: str) -> None:
    text, parts = FIXTURES[name]
    inside = [] if text.startswith("{") else [(json.dumps(text), 5)]  # that one stands in JSON already
    for written, every in ((text, 1), *inside):
        for pieces in splits(written, 3, every=every):
            out, _ = await streamed(pieces, policy(action))
            read = out.encode("ascii", "backslashreplace").decode("unicode_escape") if "\\u" in out else out
            assert all(part not in out and part not in read for part in parts), pieces


@pytest.mark.parametrize("name", FIXTURES)
async def test_characters_one_by_one_let_nothing_out(name: str) -> None:
    text, parts = FIXTURES[name]
    for action in ("mask", "strip", "replace", "block"):
        out, stream = await streamed(text, policy(action))
        assert all(part not in out for part in parts), out
        assert stream.blocked == (action == "block" and bool(parts))


@pytest.mark.parametrize("name", FIXTURES)
async def test_a_block_ends_the_stream_before_the_match(name: str) -> None:
    text, parts = FIXTURES[name]
    for pieces in splits(text, 2):
        out, stream = await streamed([*pieces, " and more"], policy("block"))
        assert stream.blocked == bool(parts)
        assert all(part not in out for part in parts)
        assert text.startswith(out) or not parts


async def test_prose_is_not_held_for_longer_than_a_word() -> None:
    stream = GuardedStream(Guard(), policy("mask"), "output", vault=Vault())
    out = [await stream.feed(word) for word in ("the ", "sky ", "is ", "blue ", "today ")]
    assert "".join(out).startswith("the sky is")
    assert out[1]


async def test_what_the_reader_may_see_goes_through() -> None:
    known = Vault({"[PHONE_1]": "010-1234-5678"})
    out, stream = await streamed("call 010-1234-5678 or 010-9999-8888.", policy("mask"), known=known)
    assert out == "call 010-1234-5678 or [PHONE_1]."
    assert not stream.blocked


async def test_what_never_ends_is_stopped() -> None:
    out, stream = await streamed(["x ", *["A1" * 500] * (LONGEST_HOLD // 1000 + 2)], policy("mask"))
    assert (stream.blocked, out, stream.failed) == (True, "x ", {"hold"})


class Words:
    """A check of sentences that dislikes one word, or hangs over it."""

    name = "moderation"
    unit: Unit = "sentence"

    def __init__(self, *, hangs: bool = False) -> None:
        self._hangs = hangs

    def find(self, subject: Subject) -> Iterable[Finding]:
        if "bad" in subject.text and self._hangs:
            time.sleep(1)
        if "bad" in subject.text:
            yield Finding("moderation", "harassment", 0, len(subject.text), 1.0, "a word")


SAID = "All is well. This is bad news. More of it."


@pytest.mark.parametrize(("hold", "out"), [("none", "All is well. This is bad news."), ("sentence", "All is well.")])
async def test_a_sentence_is_the_last_or_never_leaves(hold: str, out: str) -> None:
    rules = parsed({"name": "test", "hold": hold, "checks": {"moderation": {"output": "block"}}})
    for size in (1, 3, 7, 100):
        said, stream = await streamed([SAID[at : at + size] for at in range(0, len(SAID), size)], rules, Guard([Words()]))
        assert (said.rstrip(), stream.blocked) == (out, True), size


async def test_a_check_that_hangs_midway_ends_the_stream_by_its_deadline() -> None:
    rules = parsed({"name": "test", "hold": "sentence", "deadline_ms": 100, "checks": {"moderation": {"output": "score"}}})
    began = time.monotonic()
    said, stream = await streamed(SAID, rules, Guard([Words(hangs=True)]))
    assert (said, stream.blocked, stream.failed) == ("All is well.", True, {"moderation"})
    assert time.monotonic() - began < 0.9
