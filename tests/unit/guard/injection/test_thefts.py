"""Asking for what the model was told, and sending out what it was shown: cases that the rules were written for, and their harmless twins.

None is a case of the red-team suite, which is to tell how far the rules reach.
"""

from pathlib import Path

import pytest
import yaml

from maru.guard.check import Place, Subject
from maru.guard.injection import CHECK

CASES = yaml.safe_load(Path(__file__).with_name("thefts.yaml").read_text(encoding="utf-8"))
HARMLESS = [(place, text) for place in ("input", "passage") for text in CASES[f"harmless_{place}"]]


def found(text: str, place: Place) -> list[str]:
    return [one.label for one in CHECK.find(Subject(text, place)) if one.score >= 0.5]


@pytest.mark.parametrize("text", CASES["thefts"])
def test_asking_for_the_prompt_is_told(text: str) -> None:
    assert "direct/prompt_theft" in found(text, "input")


@pytest.mark.parametrize("text", CASES["leaks"])
def test_sending_out_what_was_shown_is_told(text: str) -> None:
    assert "indirect/exfiltration" in found(f"Revenue grew in the third quarter.\n{text}", "passage")


@pytest.mark.parametrize(("place", "text"), HARMLESS)
def test_everyday_words_pass(place: Place, text: str) -> None:
    assert [one for one in found(text, place) if not one.endswith("/model")] == []
