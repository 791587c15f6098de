"""Tools of tenants, over those of the catalogue that every tenant has."""

import json
import time
from typing import Any

from pydantic import ValidationError

from maru.agents.tools.tool import DataTarget, HttpTarget, Offering, Tool, ToolChange
from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import BadRequest, Conflict, NotFound
from maru.identity import Caller
from maru.structured import asking
from maru.structured.query import question
from maru.structured.views import Views
from maru.validation import refusal


class ToolStore:
    """The table of tools, by tenant and name. ``functions`` are the names of Lambda functions that the deployment offers, ``views`` those
    of structured data."""

    SPEC = TableSpec("tools", key="tenant", sort="name")

    def __init__(self, table: Table, offering: Offering, functions: frozenset[str], views: Views) -> None:
        self._table, self._offering, self._functions, self._views = table, offering, functions, views
        self._own = {tool.name: tool for tool in offering.tools}

    def create(self, caller: Caller, tool: Tool) -> dict[str, Any]:
        """Register a tool; raises Conflict where the name is taken, and BadRequest for a target that is not allowed."""
        self._allowed(caller, tool)
        now = int(time.time())
        row: Item = {"tenant": caller.tenant, "name": tool.name, "content": _content(tool), "created_at": now, "updated_at": now}
        try:
            if tool.name in self._own:
                raise ConditionFailed
            self._table.put(row, condition="attribute_not_exists(tenant)")
        except ConditionFailed as error:
            raise Conflict(f"There is a tool '{tool.name}' already.", param="name", code="tool_exists") from error
        return _public(row)

    def change(self, caller: Caller, name: str, change: ToolChange) -> dict[str, Any]:
        """Set the fields that were sent; raises NotFound, and BadRequest as :meth:`create` does."""
        tenant = caller.tenant
        row = self._row(tenant, name)
        sent = change.model_dump(exclude_unset=True, mode="json")
        changed = json.loads(row["content"]) | sent
        try:
            tool = Tool.model_validate(changed)
        except ValidationError as error:
            raise refusal(error, given=changed) from error
        self._allowed(caller, tool)
        return _public(self._table.set({"tenant": tenant, "name": name}, {"content": _content(tool), "updated_at": int(time.time())}))

    def get(self, tenant: str, name: str) -> Tool:
        """A tool of the tenant or of the catalogue; raises NotFound."""
        return self._own.get(name) or _tool(self._row(tenant, name))

    def shown(self, tenant: str, name: str) -> dict[str, Any]:
        """A tool as callers get it; raises NotFound."""
        return _of_catalogue(self._own[name]) if name in self._own else _public(self._row(tenant, name))

    def listed(self, tenant: str) -> list[dict[str, Any]]:
        """All tools that agents of the tenant may list, by name."""
        rows = self._table.query("tenant = :tenant", {":tenant": tenant})
        found = [*(_of_catalogue(tool) for tool in self._own.values()), *(_public(row) for row in rows)]
        return sorted(found, key=lambda one: str(one["name"]))

    def delete(self, tenant: str, name: str) -> None:
        """Forget a tool; raises NotFound."""
        if self._table.delete({"tenant": tenant, "name": name}) is None:
            raise _unknown(name)

    def _row(self, tenant: str, name: str) -> Item:
        row = self._table.get({"tenant": tenant, "name": name})
        if row is None:
            raise _unknown(name)
        return row

    def _allowed(self, caller: Caller, tool: Tool) -> None:
        target = tool.target
        if isinstance(target, DataTarget):
            self._answered(caller, target, tool)
        elif isinstance(target, HttpTarget):
            if self._offering.host(target.host) is None:
                raise BadRequest(
                    f"'target.url': the host '{target.host}' is not among those that tools may call. An operator adds it to tools.yaml.",
                    param="target.url",
                    code="host_not_allowed",
                )
        elif target.function not in self._functions:
            raise BadRequest(
                f"'target.function': this deployment offers no function '{target.function}' to tools.",
                param="target.function",
                code="function_not_allowed",
            )

    def _answered(self, caller: Caller, target: DataTarget, tool: Tool) -> None:
        """The view must be one that whoever registers the tool may read, and every argument stand for a column of it."""
        try:
            view = self._views.find(caller, target.view)
            question(view, fields=",".join(target.fields) if target.fields else None, sort=target.sort)
        except (NotFound, BadRequest) as error:
            raise BadRequest(f"'target': {error.message}", param=f"target.{error.param}", code=error.code) from error
        if name := asking.unknown(view, tool.parameters.get("properties", {})):
            able = ", ".join(one for one, column in view.columns.items() if column.filter) or "none"
            raise BadRequest(
                f"'parameters': '{name[:64]}' is no argument of the view. Arguments are columns that can be filtered ({able}), these with"
                " _ne, _gt, _gte, _lt, _lte or _nin behind them, and 'limit' and 'sort'.",
                param="parameters",
            )


def _content(tool: Tool) -> str:
    return tool.model_dump_json(exclude_none=True)


def _tool(row: Item) -> Tool:
    return Tool.model_validate_json(row["content"])


def _public(row: Item) -> dict[str, Any]:
    shown = {"object": "tool", **_tool(row).model_dump(mode="json")}
    return shown | {"created_at": int(row["created_at"]), "updated_at": int(row["updated_at"])}


def _of_catalogue(tool: Tool) -> dict[str, Any]:
    return {"object": "tool", **tool.model_dump(mode="json"), "created_at": None, "updated_at": None}


def _unknown(name: str) -> NotFound:
    return NotFound(f"No tool '{name}'.", param="name", code="tool_not_found")
