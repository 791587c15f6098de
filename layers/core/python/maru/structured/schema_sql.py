"""The SQL by which a database serves the views: the role that reads them and nothing else, and the policies that bind each row.

Each view belongs to a role of its own that no superuser's power protects, so that row-level security of the table binds whoever reads
through it. Its policy is restrictive: no other one widens what it lets through. Everybody else's access to the table stays as it was.
Whoever runs the statements owns the tables and may create roles; a superuser (which managed databases do not give) is not needed.
Source: https://www.postgresql.org/docs/current/ddl-rowsecurity.html.
"""

from collections.abc import Iterator

from maru.structured.sql import SCHEMA, SQL_TYPES
from maru.structured.views import View, Views

#: Who reads the views: the role of the deployment's `data_url`.
READER = "maru_reader"


def statements(views: Views) -> Iterator[str]:
    """Statements for the primary, in order; run again they put a changed catalogue in force."""
    yield from _role(READER, "LOGIN")
    yield f"ALTER ROLE {READER} SET default_transaction_read_only = on"
    yield f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"
    yield f"CREATE SCHEMA {SCHEMA}"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {READER}"
    for view in views.views:
        yield from _of(view)


def _role(name: str, login: str) -> Iterator[str]:
    """A new role is no superuser and bound by row-level security; one that was there already must be so too."""
    yield f"DO $$ BEGIN CREATE ROLE {name} {login} NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    mighty = f"SELECT FROM pg_roles WHERE rolname = '{name}' AND (rolsuper OR rolbypassrls)"
    yield f"DO $$ BEGIN IF EXISTS ({mighty}) THEN RAISE EXCEPTION '{name} is not bound by row-level security'; END IF; END $$"


def _of(view: View) -> Iterator[str]:
    owner = f"maru_view_{view.view}"
    source = ".".join(f'"{part}"' for part in view.source.split("."))
    schema = source.partition(".")[0] if "." in view.source else '"public"'
    bound = {"tenant": view.tenant_column} | ({"user": view.user_column} if view.user_column else {})
    read = ", ".join(f'"{name}"' for name in dict.fromkeys((*view.columns, *bound.values())))
    rows = " AND ".join(f"\"{column}\"::text = nullif(current_setting('maru.{name}', true), '')" for name, column in bound.items())
    shown = ", ".join(_shown(name, SQL_TYPES[one.type] if one.cast else None) for name, one in view.columns.items())
    yield from _role(owner, "NOLOGIN")
    yield f"GRANT USAGE ON SCHEMA {schema} TO {owner}"
    yield f"GRANT SELECT ({read}) ON {source} TO {owner}"
    yield from _secured(source)
    for kind in ("PERMISSIVE", "RESTRICTIVE"):
        policy = f'"{owner}_{kind.lower()}"'
        yield f"DROP POLICY IF EXISTS {policy} ON {source}"
        yield f"CREATE POLICY {policy} ON {source} AS {kind} FOR SELECT TO {owner} USING ({rows})"
    yield f'CREATE VIEW {SCHEMA}."{view.view}" WITH (security_barrier) AS SELECT {shown} FROM {source}'  # noqa: S608 - names are the catalogue's
    yield f"GRANT USAGE, CREATE ON SCHEMA {SCHEMA} TO {owner}"
    yield f"GRANT {owner} TO CURRENT_USER"
    yield f'GRANT SELECT ON {SCHEMA}."{view.view}" TO {READER}'
    yield f'ALTER VIEW {SCHEMA}."{view.view}" OWNER TO {owner}'
    yield f"REVOKE CREATE ON SCHEMA {SCHEMA} FROM {owner}"
    yield f"REVOKE {owner} FROM CURRENT_USER"


def _secured(source: str) -> Iterator[str]:
    """Row-level security for a table that has none keeps it open to everybody else; one that has it has its own policies."""
    enabled = f"(SELECT relrowsecurity FROM pg_class WHERE oid = '{source}'::regclass)"  # noqa: S608 - names are the catalogue's
    others = f'CREATE POLICY "maru_others" ON {source} USING (true) WITH CHECK (true)'
    yield f"DO $$ BEGIN IF NOT {enabled} THEN {others}; ALTER TABLE {source} ENABLE ROW LEVEL SECURITY; END IF; END $$"


def _shown(name: str, cast: str | None) -> str:
    return f'"{name}"::{cast} AS "{name}"' if cast else f'"{name}"'
