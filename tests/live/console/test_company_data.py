"""Views of a company's own PostgreSQL, seen in the console of a system whose operator listed one."""

import re
from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import expect

from maru.structured.schema_sql import READER, statements
from maru.structured.views import Views
from tests.engines.maru import Maru, session, tree_with
from tests.engines.postgres import place, postgres_server
from tests.live.console.accessibility import violations
from tests.live.console.visitor import Visitor

pytestmark = pytest.mark.live

DATA = "pages/knowledge/data"
LISTED = {
    "replica": "preferred",
    "views": [
        {
            "view": "orders",
            "source": "sales.orders",
            "description": {"en": "Orders of the shop", "ko": "쇼핑몰 주문"},
            "tenant_column": "tenant",
            "key": ["id"],
            "columns": {
                "id": {"type": "integer", "filter": True, "sort": True},
                "status": {"type": "text", "filter": True},
                "total": {"type": "decimal", "sort": True},
                "express": {"type": "boolean", "filter": True},
            },
        }
    ],
}
TABLE = """
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id bigint PRIMARY KEY, tenant text NOT NULL, status text, total numeric(12,2), express boolean);
INSERT INTO sales.orders SELECT n, 'demo', CASE WHEN n % 2 = 0 THEN 'paid' ELSE 'open' END, n * 10 + 0.10, n = 7
  FROM generate_series(1, 30) n;
INSERT INTO sales.orders VALUES (31, 'other', 'paid', 99999, true);
"""


@pytest.fixture(scope="module")
def maru(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maru]:
    """A system of its own, whose catalogue lists a view of a real database."""
    tree = tree_with(tmp_path_factory.mktemp("tree"), data=yaml.safe_dump(LISTED, allow_unicode=True))
    with place() as run, postgres_server(run) as server:
        server.sql(TABLE)
        server.sql("BEGIN;" + ";".join(statements(Views.model_validate(LISTED))) + ";COMMIT")
        with session(tmp_path_factory.mktemp("maru-data"), tree, MARU_DATA_URL=server.url(READER)) as running:
            yield running.start()


@pytest.fixture(scope="module")
def built(maru: Maru) -> Maru:
    """That system, with its console."""
    return maru


def test_flow_44_reads_views_of_the_companys_database(visitor: Visitor) -> None:
    page = visitor.page
    visitor.come_in("/knowledge")
    page.get_by_role("link", name=visitor.text("pages/knowledge", "stores.data")).click()
    page.get_by_role("link", name="orders", exact=True).click()
    expect(page.get_by_text(LISTED["views"][0]["description"][visitor.words.language])).to_be_visible()  # type: ignore[index]  # a literal
    rows = page.get_by_role("region", name=visitor.text(DATA, "rows"), exact=True).locator("tbody tr")
    expect(rows).to_have_count(20)
    expect(page.get_by_text(visitor.text(DATA, "current"))).to_be_visible()
    assert violations(visitor) == []
    visitor.button(DATA, "more").click()
    expect(rows).to_have_count(30)
    expect(page.get_by_text("99999")).to_have_count(0)
    choose(visitor, "filter", "express")
    choose(visitor, "sort", visitor.text(DATA, "descending", column="total"))
    visitor.button(DATA, "ask").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("orders/7")
    choose(visitor, "filter", "status")
    page.get_by_role("textbox", name=visitor.text(DATA, "value"), exact=True).fill("paid")
    visitor.button(DATA, "ask").click()
    expect(rows).to_have_count(15)
    expect(rows.first).to_contain_text("300.10")


def choose(visitor: Visitor, label: str, option: str) -> None:
    """Pick an option of a list by its label."""
    name = re.compile(re.escape(visitor.text(DATA, label)) + "$")
    visitor.page.get_by_role("search").get_by_role("button", name=name).click()
    visitor.page.get_by_role("option", name=option, exact=True).click()
