"""What is not read for a pattern, because it cannot match, is never missed: the same findings as by asking every pattern of every text."""

import random
import re
from pathlib import Path

import pytest

from bench.pii import MAKERS
from maru.guard import scripts
from maru.guard.injection import intents
from maru.guard.injection import rules as injection
from maru.guard.injection.forms import FORMS as INJECTIONS
from maru.guard.moderation import rules as moderation
from maru.guard.moderation.check import prepared
from maru.guard.moderation.forms import FORMS as ABUSES
from maru.guard.normalise import _PLAIN, Normalised, _fold, normalise
from maru.guard.pii.check import RECOGNISERS
from maru.guard.pii.recogniser import found_by, most_digits
from maru.guard.secrets import RECOGNISERS as SECRETS
from scripts.redteam import cases
from tests.unit.guard.test_stream import FIXTURES

SAMPLES = Path(__file__).parents[3] / "samples"


def texts() -> list[str]:
    """Attacks, fixtures of identifiers and documents in both languages, whole and without the letters of either."""
    own = [case.text for case in cases()] + [text for text, _ in FIXTURES.values()]
    for path in sorted(SAMPLES.rglob("*.md")):
        own += path.read_text(encoding="utf-8").split("\n\n")
    return [*own, *(re.sub(r"[A-Za-z]", "", one) for one in own), *(re.sub(r"[ㄱ-ㅣ가-힣]", "", one) for one in own)]


READ = [normalise(text) for text in texts()]


def test_moderation_asks_every_form_that_can_match() -> None:
    for read in READ:
        text = read.text.lower()
        wanted: dict[str, float] = {}
        caring = bool(moderation._CARE.search(text))
        for category, score, pattern in ABUSES:
            if re.search(pattern, text):
                counts = score * (0.4 if caring and category in moderation._MILD and score < 0.97 else 1.0)
                for name, share in ((category, 1.0), *moderation.IMPLIED.get(category, ())):
                    wanted[name] = max(wanted.get(name, 0.0), round(counts * share, 4))
        assert moderation.scores(text) == wanted


def test_injection_asks_every_form_that_can_match() -> None:
    for read in READ:
        text = read.text.lower()
        wanted = [
            (kind, *match.span()) for kind, _, pattern in INJECTIONS for match in re.finditer(pattern, text) if match.end() > match.start()
        ]
        wanted += [
            (kind, *sentence.span())
            for sentence in intents._SENTENCE.finditer(text)
            for kind, (asks, _) in intents._TESTS.items()
            if asks(sentence[0])
        ]
        assert [(hit.kind, hit.start, hit.end) for hit in injection.hits(text)] == wanted


def everything(read: Normalised) -> list[object]:
    return [finding for recogniser in RECOGNISERS for finding in recogniser.find(read)]


def test_personal_data_asks_every_recogniser_that_can_find_something() -> None:
    for read in READ:
        assert found_by(RECOGNISERS, read) == everything(read)


@pytest.mark.parametrize("maker", MAKERS, ids=[maker[0] for maker in MAKERS])
def test_generated_identifiers_are_read(maker: tuple[object, ...]) -> None:
    chance = random.Random(11)  # noqa: S311 - samples, no secrets
    for _ in range(200):
        for make in filter(callable, maker[2:]):
            read = normalise(f"연락은 {make(chance)} 로")
            assert found_by(RECOGNISERS, read) == everything(read)


KEYS = [
    "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", f"AIza{'x' * 35}", f"gho_{'a1' * 20}", f"github_pat_{'a1' * 20}", f"xoxb-{'1' * 12}",
    f"rk_live_{'a1' * 8}", f"sk_test_{'a1' * 8}", f"sk-ant-{'a1' * 20}", f"sk-{'a1' * 20}", f"mk_{'0' * 16}_{'x' * 43}",
    f"eyJ{'a' * 20}.eyJ{'b' * 20}.{'c' * 20}", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", f"aws secret {'aB3/' * 10}", "비밀번호는 hunter22a",
]  # fmt: skip


@pytest.mark.parametrize("text", KEYS, ids=[f"key-{number}" for number in range(len(KEYS))])
def test_secrets_ask_every_form_that_can_match(text: str) -> None:
    for around in ("{}", "키는 {} 입니다", "the key {} is mine"):
        read = normalise(around.format(text))
        wanted = [finding for one in SECRETS for finding in one.find(read)]
        assert wanted
        assert found_by(SECRETS, read) == wanted


def test_texts_without_keys_have_none_that_goes_unread() -> None:
    for read in READ:
        assert found_by(SECRETS, read) == [finding for one in SECRETS for finding in one.find(read)]


def test_texts_taken_as_they_stand_have_nothing_to_fold() -> None:
    plain = [character for character in map(chr, range(0x110000)) if _PLAIN.fullmatch(character)]
    assert len(plain) > 30_000
    assert [character for character in plain if _fold(character) != character] == []


def test_digits_are_counted_where_they_stand_close() -> None:
    assert most_digits("") == most_digits("열두 시") == 0
    assert most_digits("010-1234-5678") == 11
    assert most_digits("in 1998, long before the year 2026") == 4
    assert most_digits("+82 (0)10 1234 5678, 1") == 14


def test_scripts_of_patterns() -> None:
    assert scripts.needed(r"\b(?:ignore|drop)\s{1,3}all\b") == "latin"
    assert scripts.needed(r"(?<![가-힣])(?:무시|잊)[^a-z\n]{0,4}해") == "hangul"
    assert scripts.needed(r"(?:ai|인공지능)") is None
    assert scripts.alternatives(r"a(?:b|c)|[|(]d\||e") == [r"a(?:b|c)", r"[|(]d\|", "e"]
    assert scripts.of("ab 1") == {None, "latin"}
    assert scripts.of("가 1") == {None, "hangul"}


def test_parts_of_a_text_are_asked_what_the_whole_can_match() -> None:
    for read in READ:
        text = prepared(read.text)
        forms = moderation.possible(text)
        for start in range(0, len(text), 70):
            assert moderation.scores(text[start : start + 90], forms) == moderation.scores(text[start : start + 90])


def test_beginnings_of_patterns() -> None:
    assert scripts.openings(r"\b(?:ignore|drop(?:ping)?|for?get)\s{1,3}all") == ("ignore", "drop", "fo")
    assert scripts.openings(r"(?<![가-힣])(?:무시|잊[고어])|(?!x)삭제?") == ("무시", "잊", "삭")
    assert scripts.openings(r"(?:a|b)?c") == ()
    assert scripts.openings(r"(?:a|[bc])d") == ()
    assert scripts.openings(r"\d{3}") == ()
