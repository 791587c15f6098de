"""What counts as a word."""

import unicodedata

import pytest

from maru.knowledge.stores.tokens import fold, mix_tokens, query_tokens, query_words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("GPT 재시작 2024년", ["gpt", "재시", "시작", "2024", "년"]),
        ("API를 v2로", ["api", "를", "v2", "로"]),
        ("서버를재시작", ["서버", "버를", "를재", "재시", "시작"]),
        ("휴가", ["휴가"]),
        ("가", ["가"]),
        ("東京都 カタカナ", ["東京", "京都", "カタ", "タカ", "カナ"]),
        ("ＡＢＣ １２ ﾃｽﾄ", ["abc", "12", "テス", "スト"]),
        ("Café RÉSUMÉ naïve Straße", ["cafe", "resume", "naive", "strasse"]),
        ("отпуск Привет", ["отпуск", "привет"]),
        ("snake_case don't a-b 3.5%", ["snake", "case", "don", "t", "a", "b", "3", "5"]),
        ("\x00\ud800 🙂 — “”", []),
        ("", []),
    ],
)
def test_alphabets_by_word_and_the_rest_by_pairs(text: str, tokens: list[str]) -> None:
    assert mix_tokens(text) == tokens


def test_decomposed_korean_is_the_same_korean() -> None:
    assert mix_tokens(unicodedata.normalize("NFD", "연차 휴가")) == mix_tokens("연차 휴가")


def test_folding_twice_is_folding_once() -> None:
    for text in ("Straße ﬁne İ", "ﾊﾟ㈜①", "각"):
        assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Who is the president of the company?", ["president", "company"]),
        ("What does the WHO say about IT in the US?", ["who", "say", "it", "us"]),
        ("THE WHO", ["the", "who"]),
        ("WHAT IS IN THE REPORT", ["report"]),
        ("what is it", ["what", "is", "it"]),
        ("연차 휴가는 며칠인가요?", ["연차", "휴가는", "며칠"]),
        ("출장 규정은 어디에 있습니까?", ["출장", "규정은", "있"]),
        ("재시작이 가능한가요", ["재시작이", "가능"]),
        ("휴가 규정 알려줘", ["휴가", "규정"]),
        ("인가 절차", ["인가", "절차"]),
        ("휴가요", ["휴가요"]),
        ("무엇", ["무엇"]),
        ("???", []),
    ],
)
def test_what_only_asks_is_left_out_unless_nothing_else_is_there(query: str, words: list[str]) -> None:
    assert query_words(query) == words


def test_a_query_has_each_token_once_and_not_too_many() -> None:
    assert query_tokens("휴가 휴가 leave LEAVE") == ["휴가", "leave"]
    assert len(query_tokens(" ".join(f"w{number}" for number in range(999)))) == 256
