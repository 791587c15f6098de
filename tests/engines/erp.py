"""A company's database: a PostgreSQL primary and its streaming replica, with tables that views are listed of."""

import time
from contextlib import ExitStack

from maru.http import HttpServices
from maru.postgres import Pool
from maru.structured.reader import TERMS, DataReader
from maru.structured.schema_sql import READER, statements
from maru.structured.views import Views
from tests.engines.postgres import Postgres, place, postgres_server, replica_of

VIEWS = Views.model_validate(
    {
        "views": [
            {
                "view": "orders",
                "source": "sales.orders",
                "description": {"en": "Orders", "ko": "주문"},
                "tenant_column": "tenant",
                "key": ["id"],
                "max_lag_seconds": 2,
                "columns": {
                    "id": {"type": "integer", "filter": True, "sort": True},
                    "customer": {"type": "text", "filter": True},
                    "status": {
                        "type": "text",
                        "cast": True,
                        "filter": True,
                        "sort": True,
                        "values": ["open", "paid", "sent", "late"],
                    },
                    "total": {"type": "decimal", "filter": True, "sort": True},
                    "express": {"type": "boolean", "filter": True, "description": {"en": "Sent express", "ko": "특급"}},
                    "ordered_on": {"type": "date", "filter": True, "sort": True},
                    "paid_at": {"type": "timestamp", "filter": True, "sort": True, "description": {"en": "Day of payment", "ko": "결제일"}},
                    "note": {"type": "text"},
                },
            },
            {
                "view": "my_orders",
                "source": "sales.orders",
                "description": {"en": "The caller's own orders", "ko": "내 주문"},
                "tenant_column": "tenant",
                "user_column": "customer",
                "key": ["id"],
                "columns": {"id": {"type": "integer"}, "note": {"type": "text"}},
            },
            {
                "view": "margins",
                "source": "sales.orders",
                "description": {"en": "Margins", "ko": "이익"},
                "tenant_column": "tenant",
                "groups": ["board"],
                "key": ["id"],
                "columns": {"id": {"type": "integer"}, "margin": {"type": "decimal"}},
            },
            {
                "view": "calls",
                "source": "sales.calls",
                "description": {"en": "Calls", "ko": "통화"},
                "tenant_column": "tenant",
                "key": ["id"],
                "columns": {"id": {"type": "integer"}, "seconds": {"type": "integer"}, "score": {"type": "number"}},
            },
        ]
    }
)
#: Whoever owns the tables and runs the statements: no superuser, as on managed databases. The shop is the company's own program, and
#: the table of calls has policies of its own.
TABLES = """
CREATE ROLE shop LOGIN;
CREATE SCHEMA sales;
GRANT USAGE ON SCHEMA sales TO shop;
CREATE TYPE sales.status AS ENUM ('open', 'paid', 'sent', 'late');
CREATE TABLE sales.orders (id bigint PRIMARY KEY, tenant text NOT NULL, customer text, status sales.status, total numeric(12,2),
  margin numeric(12,2), express boolean, ordered_on date, paid_at timestamptz, note text);
INSERT INTO sales.orders VALUES
 (1, 'acme', 'minji', 'open', 10.10, 5, false, '2026-01-05', NULL, 'first'),
 (2, 'acme', 'minji', 'paid', 99999999.99, 7, true, '2026-02-05', '2026-02-06 09:00+09', '둘째'),
 (3, 'acme', 'boss', 'paid', 30, 9, false, '2026-03-05', '2026-03-06 00:00Z', NULL),
 (4, 'other', 'minji', 'open', 40, 11, true, '2026-04-05', NULL, 'of another tenant'),
 (9007199254740993, 'acme', 'boss', 'sent', 50, 13, true, '2026-05-05', NULL, 'O''Neill "; --');
CREATE TABLE sales.calls (id int PRIMARY KEY, tenant text, agent text, seconds text, score float8);
INSERT INTO sales.calls VALUES (1, 'acme', 'shop', '12', 'NaN'), (2, 'other', 'shop', '7', 1), (3, 'acme', 'else', 'many', 0.1);
ALTER TABLE sales.calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON sales.calls USING (agent = current_user);
GRANT SELECT ON sales.orders, sales.calls TO shop;
"""


class Cluster:
    """A primary with the tables and its replica."""

    def __init__(self, primary: Postgres, replica: Postgres) -> None:
        self.primary, self.replica = primary, replica

    def caught_up(self) -> None:
        """Wait until the replica has replayed what the primary wrote."""
        wanted = self.primary.sql("SELECT pg_current_wal_lsn()")
        until = time.monotonic() + 30
        while self.replica.sql(f"SELECT pg_last_wal_replay_lsn() >= '{wanted}'") != "t":
            assert time.monotonic() < until, "the replica does not catch up"
            time.sleep(0.05)


def cluster(stack: ExitStack) -> tuple[Cluster, ExitStack]:
    """A cluster that lives as long as the stack; the second part ends the primary alone."""
    run, primary_only = stack.enter_context(place()), ExitStack()
    stack.callback(primary_only.close)
    primary = primary_only.enter_context(postgres_server(run, "-c", "wal_level=replica", "-c", "synchronous_commit=on"))
    primary.sql("CREATE ROLE dba LOGIN CREATEROLE; GRANT CREATE ON DATABASE postgres TO dba")
    primary.sql(TABLES, user="dba")
    for _ in range(2):  # run again they change nothing
        primary.sql("BEGIN;" + ";".join(statements(VIEWS)) + ";COMMIT", user="dba")
    made = Cluster(primary, stack.enter_context(replica_of(primary)))
    made.caught_up()
    return made, primary_only


def reader(services: HttpServices, server: Postgres, views: Views = VIEWS, user: str = READER) -> DataReader:
    pool = Pool(server.url(user), password=lambda: None, timeout=30, terms=TERMS)
    return DataReader(views, pool, trail=services.audit, log=services.log)
