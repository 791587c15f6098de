"""Names and addresses as wholes: what the tagger finds in parts is put together by what is known of names, numbers and countries."""

import pytest

from maru.guard.check import Subject
from maru.guard.normalise import normalise
from maru.guard.pii import CHECK
from maru.guard.pii.entities import _countries, _near_latin
from maru.guard.pii.tagger import Run


def found(text: str) -> list[tuple[str, str]]:
    return [(one.label, text[one.start : one.end]) for one in CHECK.find(Subject(text, "input")) if one.score >= 0.5]


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("She moved here from People's Republic of China.", "LOCATION", "People's Republic of China"),
        ("Write to PSC 4321, Box 987\nAPO AP 96205 today.", "ADDRESS", "PSC 4321, Box 987\nAPO AP 96205"),
        ("I am Tom Baker, and I live at 12 Main Street, Springfield, IL 62701.", "NAME", "Tom Baker"),
        ("I am Tom Baker, and I live at 12 Main Street, Springfield, IL 62701.", "ADDRESS", "12 Main Street, Springfield, IL 62701"),
        ("Contact Aisha Khan or Rajesh Kumar for details.", "NAME", "Rajesh Kumar"),
        ("담당은 Aisha Khan 과장입니다.", "NAME", "Aisha Khan"),
    ],
)
def test_wholes_are_found(text: str, label: str, value: str) -> None:
    assert (label, value) in found(text)


@pytest.mark.parametrize(
    "text", ["The quick brown fox jumps over the lazy dog.", "Please read Section 4 of the manual, then press Start.", "Thanks!"]
)
def test_everyday_sentences_have_none(text: str) -> None:
    assert found(text) == []


def test_a_country_takes_the_places_that_it_ends_and_drops_what_was_taken_for_others() -> None:
    text = "Lima Road 5, Costa Rica"
    runs = [Run("LOCATION", 0, 11, 9), Run("NAME", 13, 18, 5)]
    assert _countries(text, runs) == [Run("LOCATION", 0, 11, 9), Run("LOCATION", 13, 23, 5)]
    assert _countries(text, [Run("LOCATION", 0, 18, 7)]) == [Run("LOCATION", 0, 23, 7)]
    assert _countries("no country", []) == []


def test_only_what_lies_near_latin_letters_is_read() -> None:
    far = "가나다 " * 40
    text = f"{far}Tom Baker {far}1998 {far}Berlin"
    parts = _near_latin(normalise(text).text)
    read = [text[start:end] for start, end in parts]
    assert len(read) == 2
    assert "Tom Baker" in read[0]
    assert read[1].endswith("Berlin")
    assert "1998" not in "".join(read)
    assert _near_latin("all of it 1998") == [(0, 14)]
    assert _near_latin("하나도 없다") == []
