"""Structured data without a database: what a document may ask, how rows are named and told, what a catalogue may say."""

from pathlib import Path
from typing import Any

import pytest

from maru.errors import BadRequest
from maru.identity import Caller
from maru.knowledge.cite import CitationStream, Source
from maru.knowledge.cite.rivals import says_another
from maru.structured import asking
from maru.structured.graphql import answer, schema_text
from maru.structured.reader import DataReader
from maru.structured.rows import evidence_id, key_of, parted, text_of, values_of
from maru.structured.views import DataError, View, Views
from maru.telemetry import Telemetry
from tests.engines.erp import VIEWS
from tests.guarding import Untold

ORDERS = VIEWS.views[0]
MINJI = Caller("acme", "minji", (), frozenset({"knowledge:read"}), "key_1")


def view(**changes: Any) -> View:
    plain = {
        "view": "v",
        "source": "v",
        "description": {"en": "v", "ko": "v"},
        "tenant_column": "t",
        "key": ["a", "b"],
        "columns": {"a": {"type": "text"}, "b": {"type": "text"}},
    }
    return View.model_validate(plain | changes)


MORE = " ".join(f"{name}: orders {{ next }}" for name in "cdef")
FRAGMENTS = "fragment f on Query { a: orders { next } b: orders { next } } { ...f " + MORE + " }"
COSTLY = {
    "overlapping": "{orders{rows{" + "id " * 900 + "}}}",
    "long": "{orders{rows{" + "id " * 2000 + "}}}",
    "deep": "{" + "a{" * 400,
    "nested filter": "{orders(filter:" + "{_and:" * 150 + "{}" + "}" * 150 + "){next}}",
    "introspection in circles": "{__schema{types{" + "inputFields{type{ofType{" * 8 + "name" + "}}}" * 8 + "}}}",
    "many views in fragments": FRAGMENTS,
}


@pytest.mark.parametrize("name", COSTLY)
def test_documents_that_would_cost_much_are_refused(name: str) -> None:
    assert refused(COSTLY[name]) in {"invalid_graphql", "query_too_large", "invalid_request"}


def test_a_view_costs_once_however_often_its_columns_are_named() -> None:
    columns = "fragment f on OrdersRow { id customer status total express ordered_on paid_at note }"
    assert refused(columns + "{ orders { rows { ...f } } }") == "no_database"


def refused(query: str) -> str | None:
    """The code with which a document ends, as a whole or in its only field."""
    reader = DataReader(VIEWS, None, trail=Untold(), log=Telemetry("test"))
    try:
        told = answer(reader, MINJI, query, None, None)
    except BadRequest as error:
        return error.code
    return str(told["errors"][0]["extensions"]["code"])


def test_types_of_two_views_never_share_a_name() -> None:
    views = [view(view=name, columns={"a": {"type": "text", "filter": True}, "b": {"type": "text"}}) for name in ("a_b", "ab", "a_b_row")]
    text = schema_text(views)
    for kind in ("A_bRow", "AbRow", "A_b_rowRow", "A_bFilter", "AbFilter"):
        assert text.count(f" {kind} {{") == 1, kind
    assert text.count("input TextComparison") == 1


@pytest.mark.parametrize("values", [("a/b", "c,d"), ("%2C", "한글 ,"), ("", "x"), ("a%", "/../")])
def test_keys_survive_whatever_rows_hold(values: tuple[str, str]) -> None:
    row = dict(zip("ab", values, strict=True))
    found, key = parted(evidence_id(view(), row))
    assert (found, key) == ("v", key_of(view(), row))
    assert values_of(view(), key) == row


def test_a_row_is_told_as_a_sentence_would_say_it() -> None:
    row = {"id": 1, "status": "open", "express": False, "paid_at": None}
    assert text_of(ORDERS, row) == "orders: id: 1; status: open; not express (특급 아님); no paid_at (결제일 없음)"


def test_arguments_stand_for_columns_that_can_be_filtered() -> None:
    assert asking.comparison(ORDERS, "status") == ("status", "eq")
    assert asking.comparison(ORDERS, "total_gte") == ("total", "gte")
    assert [asking.comparison(ORDERS, name) for name in ("note", "note_gte", "total_like", "margin", "_gte")] == [None] * 5
    assert asking.unknown(ORDERS, {"limit": 1, "sort": "id", "tenant": "x"}) == "tenant"
    assert asking.asked(ORDERS, {"limit": 50, "status": None}, fields=None, sort=None, limit=3).limit == 3


def test_what_another_row_says_is_no_support() -> None:
    text, others = "orders: id: 2; status: paid", ["open", "in transit", "paid"]
    assert says_another("주문 2는 open입니다.", text, others)
    assert says_another("Order 2 is in transit.", text, others)
    assert not says_another("Order 2 is paid.", text, others)
    assert not says_another("Order 2 is in the open sea of transit.", text, ["in transit"])


def test_passages_found_while_writing_are_numbered_behind_those_before() -> None:
    def source(text: str) -> Source:
        return Source("f", 1, "c", "s", text, 0, 1.0, whole=True)

    stream = CitationStream([source("The limit is 5 days.")])
    number = stream.extend(source("orders: id: 2; status: paid"))
    stream.feed(f"The limit is 5 days. [1] Order 2 is paid. [{number}] Order 3 is paid. [{number}]")
    stream.finish()
    assert stream.text == "The limit is 5 days. [1] Order 2 is paid. [2] Order 3 is paid."
    assert [(one.index, one.quote) for one in stream.references] == [(1, "The limit is 5 days."), (2, "orders: id: 2; status: paid")]


ENTRY = "views: [{view: o, source: %s, description: {en: o, ko: o}, %s key: [%s], columns: {a: {type: text}}}]"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("views: [{view: Orders}]", "views.0.view"),
        (ENTRY % ("'o; DROP'", "tenant_column: t,", "a"), "source"),
        (ENTRY % ("o", "tenant_column: t,", "b"), "'b' is no column"),
        (ENTRY % ("o", "", "a"), "tenant_column"),
        ("replica: never", "replica"),
        ("views: [", "data.yaml"),
    ],
)
def test_a_catalogue_that_cannot_be_used_is_refused_naming_the_field(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "data.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=named):
        Views.load(tmp_path)


def test_the_catalogue_of_the_tree_can_be_used() -> None:
    assert Views.load("catalogue").replica == "required"
