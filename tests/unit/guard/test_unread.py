"""What is not read for a pattern, because it cannot match, is never missed: the same findings as by asking every pattern of every text."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import from_regex

from bench.pii import MAKERS
from maru.guard import scripts
from maru.guard.injection import intents
from maru.guard.injection import rules as injection
from maru.guard.injection.forms import FORMS as INJECTIONS
from maru.guard.moderation import rules as moderation
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
        assert [(hit.kind, hit.start, hit.end) for hit in injection.hits(text, document=True)] == wanted


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


def test_what_a_match_holds_is_read_from_its_pattern() -> None:
    assert scripts.held(r"\b(?:ignore|drop(?:ping)?|for?get)\s{1,3}all") == (("all", "ignore"), ("all", "drop"), ("all", "fo", "get"))
    assert scripts.held(r"(?<![가-힣])(?:무시|잊[고어])|(?!x)삭제?") == (("무시",), ("잊", "고"), ("잊", "어"), ("삭",))
    assert scripts.held(r"(?:^|[.!?]\s*|\bnow )(?:ignore|dr[ao]p)") == (("ignore",), ("dr", "p", "a"), ("dr", "p", "o"))
    assert scripts.held(r"(?:a|b)?c+d{0,2}e{2}") == (("c", "e"),)
    assert scripts.held(r"<\|(?:im|user)\|>\u3042\.") == (("<|", "|>\u3042.", "im"), ("<|", "|>\u3042.", "user"))
    assert scripts.held(r"[1-3]살") == (("살", "1"), ("살", "2"), ("살", "3"))
    assert scripts.held(r"(?i:a)\d") == scripts.held(r"\d{3}") == scripts.held(r"a|[^b]") == scripts.held(r"a|") == ()
    assert scripts.alternatives(r"a(?:b|c)|[|(]d\||e") == [r"a(?:b|c)", r"[|(]d\|", "e"]


@pytest.mark.parametrize("forms", [ABUSES, INJECTIONS], ids=["moderation", "injection"])
def test_nothing_that_a_pattern_matches_goes_unread(forms: tuple[tuple[str, float, str], ...]) -> None:
    for _, _, pattern in forms:
        sieve, told = scripts.Sieve([pattern]), bool(scripts.held(pattern))
        for text in _matching(pattern):
            assert sieve.met(text) == [0], (pattern, text)
        assert sieve.met("") == ([] if told else [0])


_UNHURRIED = list(HealthCheck)


def _matching(pattern: str) -> list[str]:
    """Some texts that a pattern matches, made from it."""
    found: list[str] = []

    @settings(
        max_examples=8, database=None, derandomize=True, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(from_regex(pattern))
    def look(text: str) -> None:
        found.append(text)

    look()
    return found
