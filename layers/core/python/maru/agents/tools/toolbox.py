"""The tools of one answer: each call is guarded, ruled, perhaps approved, carried out, and its result guarded again."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import anyio.to_thread

from maru.agents.agent import Agent
from maru.agents.events import Event
from maru.agents.evidence import Row, rows_of
from maru.agents.fencing import FencedPassage, fenced
from maru.agents.guarding import Guarding
from maru.agents.runs import Emit
from maru.agents.tools.approvals import ToolApprovals
from maru.agents.tools.carrying_out import CallFailed, CarryingOut
from maru.agents.tools.rules import AgentTool, Refused, ruled
from maru.agents.tools.schemas import problem
from maru.agents.tools.store import ToolStore
from maru.agents.tools.tool import DataTarget, Tool
from maru.identity import Caller
from maru.telemetry import Telemetry

#: Characters of arguments that are looked at, and of a result that a model is shown.
_LONGEST_ARGUMENTS = 16_000
_LONGEST_RESULT = 40_000

type Cite = Callable[[Row], int]
type Outcome = Literal["ok", "failed", "refused", "pending"]


@dataclass(frozen=True)
class ToolCall:
    """What a model wants called; ``arguments`` is JSON as it wrote it."""

    id: str
    name: str
    arguments: str


class Tools:
    """Opens toolboxes."""

    def __init__(self, store: ToolStore, carrying_out: CarryingOut, approvals: ToolApprovals, log: Telemetry) -> None:
        self.store, self.carrying_out, self.approvals, self.log = store, carrying_out, approvals, log

    async def open(self, caller: Caller, agent: Agent, guarding: Guarding, cite: Cite) -> "Toolbox":
        """The tools that an agent lists; raises NotFound for one that is gone. Rows that they give are handed to ``cite``."""
        found = await anyio.to_thread.run_sync(lambda: [(self.store.get(caller.tenant, one.name), one) for one in agent.tools])
        return Toolbox(self, caller, agent.name, guarding, found, cite=cite)


class Toolbox:
    """The tools of one answer; ``offered`` is what the model is told of them, ``told`` what callers are told of the calls, ``classes`` the
    data classes of what they gave. One that ``cites`` gives rows that are evidence."""

    def __init__(
        self, tools: Tools, caller: Caller, agent: str, guarding: Guarding, listed: Sequence[tuple[Tool, AgentTool]], *, cite: Cite
    ) -> None:
        self._tools, self._caller, self._agent, self._guarding, self._cite = tools, caller, agent, guarding, cite
        self.cites = any(isinstance(tool.target, DataTarget) for tool, _ in listed)
        self.classes: set[str] = set()
        self._listed = {tool.name: (tool, rule) for tool, rule in listed}
        self.offered = [tool.offered(rule.shown(tool)) for tool, rule in listed]
        self.told: list[dict[str, Any]] = []

    async def run(self, call: ToolCall, emit: Emit) -> str:
        """Carry a call out, or not; what the model is to read of it. Emits ``tool_call`` and ``tool_result``."""
        began, told = time.perf_counter(), {"id": call.id, "name": call.name[:64], "arguments": None}
        outcome: Outcome
        try:
            tool, arguments = await self._allowed(call, told)
            pending = await self._approval(tool, arguments, told)
            emit(Event("tool_call", dict(told)))
            outcome, content = ("pending", pending) if pending else await self._carried_out(tool, arguments)
        except Refused as refusal:
            if not told.get("approval"):
                emit(Event("tool_call", dict(told)))
            outcome, content = "refused", json.dumps({"error": str(refusal)}, ensure_ascii=False)
        await self._finish(told, outcome, content, emit)
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        name = call.name if call.name in self._listed else "-"
        self._tools.log.metric({"tool": name}, {"tool_calls": 1, "latency_ms": milliseconds}, outcome=outcome, agent=self._agent)
        return content

    async def _allowed(self, call: ToolCall, told: dict[str, Any]) -> tuple[Tool, dict[str, Any]]:
        """The tool and the arguments with which it may be called; raises :class:`Refused`."""
        if call.name not in self._listed:
            raise Refused("There is no such tool.")
        if len(call.arguments) > _LONGEST_ARGUMENTS:
            raise Refused("The arguments are too long.")
        tool, rule = self._listed[call.name]
        arguments = await self._let_out(_parsed(call.arguments or "{}"))
        # A pattern may take a while on what a model wrote: nobody else waits for it.
        arguments = await anyio.to_thread.run_sync(ruled, tool, rule, arguments, self._caller)
        told["arguments"] = await self._shown(arguments)
        return tool, arguments

    async def _let_out(self, arguments: Any) -> Any:
        """The arguments, with the caller's own words in place of placeholders, as the policy lets them go."""
        decision = await self._guarding.arguments(json.dumps(self._guarding.vault.restored(arguments), ensure_ascii=False))
        if decision.blocked:
            raise Refused("The policy does not let these arguments out.")
        return _parsed(decision.output)

    async def _approval(self, tool: Tool, arguments: dict[str, Any], told: dict[str, Any]) -> str | None:
        """What the model reads while nobody has approved the call; None where it may be made. Raises :class:`Refused`."""
        if not tool.dangerous:
            return None
        ask = self._tools.approvals.ask
        id_, state = await anyio.to_thread.run_sync(ask, self._caller, self._agent, tool.name, arguments)
        told["approval"] = {"id": id_, "status": state}
        if state == "approved":
            return None
        if state == "rejected":
            raise Refused("A person rejected this call. It must not be made.")
        waiting = "Nothing was done yet: a person has to approve this call first. When it is approved, call again with the same arguments."
        return json.dumps({"pending": waiting, "approval": id_})

    async def _carried_out(self, tool: Tool, arguments: dict[str, Any]) -> tuple[Outcome, str]:
        try:
            result = await self._tools.carrying_out.call(tool, arguments, self._caller)
            wrong: str | None = await anyio.to_thread.run_sync(problem, tool.result, result) if tool.result else None
            if wrong:
                raise CallFailed("The tool's answer does not fit its schema.")
        except CallFailed as failure:
            return "failed", json.dumps({"error": str(failure)}, ensure_ascii=False)
        if isinstance(tool.target, DataTarget):
            return await self._evidence(tool.target, result)
        text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
        if len(text) > _LONGEST_RESULT:
            return "failed", json.dumps({"error": "The tool's answer is too large."})
        decision = await self._guarding.result(text)
        if decision.blocked:
            return "refused", json.dumps({"error": "The policy withholds the tool's answer."})
        return "ok", decision.output

    async def _evidence(self, target: DataTarget, page: dict[str, Any]) -> tuple[Outcome, str]:
        """The rows as numbered passages, each guarded by itself; those that the policy withholds are left out."""
        view = self._tools.carrying_out.data.views.named(target.view)
        assert view  # noqa: S101 - it was just read
        fences, room = [], _LONGEST_RESULT
        for row in rows_of(view, page):
            room -= len(row.passage.text)
            # A row is named by its key, which may be anybody's address.
            text, source = [await self._guarding.result(one) for one in (row.passage.text, row.passage.source)]
            if room >= 0 and not (text.blocked or source.blocked):
                fences.append(FencedPassage(self._cite(row), source.output, None, text.output))
        if page["data"] and not fences:
            return "refused", json.dumps({"error": "The policy withholds the tool's answer."})
        self.classes.add(view.data_class)
        more = page["has_more"] or len(fences) < len(page["data"])
        head = json.dumps({"view": view.view, "rows": len(fences), "has_more": more})
        return "ok", "\n".join([head, *([fenced(fences)] if fences else [])])

    async def _finish(self, told: dict[str, Any], outcome: Outcome, content: str, emit: Emit) -> None:
        told["status"] = outcome
        self.told.append(told)
        shown = await self._guarding.shown(self._guarding.vault.restore(content))
        emit(Event("tool_result", {"id": told["id"], "name": told["name"], "status": outcome, "result": shown}))

    async def _shown(self, arguments: dict[str, Any]) -> str:
        return await self._guarding.shown(json.dumps(arguments, ensure_ascii=False))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refused("The arguments are no JSON object.") from error
