"""Features of linear models: what the fitted weights are of, by their definition."""

from itertools import pairwise
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maru.guard.linear import grams

WORDS = ("가나다", "ab", "a", "ㅋㅋ", "😀웃음", "\ud800깨진", "é", "x" * 40, "가" * 33, "1,000원")


def defined(text: str, low: int, high: int, bits: int) -> set[int]:
    """Words, their pairs, and every n-gram of a word between blanks, in UTF-16."""
    words = [word[:32] for word in text.split()[:400]]
    found = {crc32(f"{first} {second}".encode("utf-8", "replace")) for first, second in pairwise(words)}
    for word in words:
        padded = f" {word} ".encode("utf-16-le", "replace")
        found.add(crc32(b"=" + padded))
        found |= {crc32(padded[at : at + 2 * size]) for size in range(low, high + 1) for at in range(0, len(padded) - 2 * size + 1, 2)}
    return {one & ((1 << bits) - 1) for one in found}


@pytest.mark.parametrize(("low", "high", "bits"), [(1, 3, 19), (3, 5, 16), (2, 4, 15), (1, 1, 12)])
@settings(max_examples=60, database=None, derandomize=True, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=12))
def test_features_are_those_that_weights_were_fitted_for(low: int, high: int, bits: int, words: list[str]) -> None:
    text = " \u3000".join(words)
    found = grams(text, low, high, bits)
    assert len(found) == len(set(found))
    assert set(found) == defined(text, low, high, bits)


def test_words_beyond_the_most_are_not_read() -> None:
    text = " ".join(f"w{number}" for number in range(450))
    assert set(grams(text, 1, 3, 19)) == defined(text, 1, 3, 19)
    assert grams(" \n", 1, 3, 19) == []
