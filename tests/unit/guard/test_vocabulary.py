"""What policies may name is what the checks find: every label that the tables of the checks hold."""

import pytest

from maru.guard import secrets
from maru.guard.injection import intents
from maru.guard.injection.forms import FORMS
from maru.guard.moderation.rules import IMPLIED
from maru.guard.pii import check as pii
from maru.guard.pii.recogniser import Recogniser
from maru.guard.vocabulary import CATEGORIES, LABELS


@pytest.mark.parametrize("recogniser", [*pii.RECOGNISERS, *secrets.RECOGNISERS], ids=lambda one: one.rule)
def test_labels_of_recognisers_are_known(recogniser: Recogniser) -> None:
    assert recogniser.label in {str(check): labels for check, labels in LABELS.items()}[recogniser.check]


def test_kinds_of_orders_are_known() -> None:
    kinds = {kind for kind, _, _ in FORMS} | set(intents._TESTS)
    assert {f"{way}/{kind}" for way in ("direct", "indirect") for kind in kinds} <= set(LABELS["injection"])


def test_what_categories_imply_are_categories() -> None:
    assert {*IMPLIED, *(name for implied in IMPLIED.values() for name, _ in implied)} <= set(CATEGORIES)
