"""What each kind of step does: first what it asks for, whole (its hash finds an earlier answer), then the doing."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from maru.agents.fencing import FencedPassage, fence
from maru.chains import builtins
from maru.chains.approvals import ApprovalStore
from maru.chains.asking import Asked, Asker, asked
from maru.chains.calls import Calls
from maru.chains.evidence import Evidence
from maru.chains.failures import ApprovalVoid, GuardBlocked, InvalidRequest, ToolFailed
from maru.chains.feed import Feed
from maru.chains.kinds import Guard as GuardStep
from maru.chains.kinds import Model, Notify, Retrieve, Tool
from maru.chains.notifying import Notifier, message_of
from maru.chains.passing import Passing
from maru.chains.runs import caller_of
from maru.chains.values import digest
from maru.chains.work import Outcome, Work
from maru.errors import MaruError
from maru.guard.check import Place
from maru.guard.completions import POLICY
from maru.guard.engine import Guard
from maru.guard.journal import Journal
from maru.guard.policies import PolicyStore
from maru.identity import serving
from maru.knowledge.file_pages import PageReader
from maru.knowledge.passages import Passage
from maru.knowledge.retention import strictest
from maru.knowledge.retrieve import Retriever
from maru.knowledge.rights import FileVersion, Readable
from maru.ledger.budgets import Budget
from maru.ledger.meter import Meter
from maru.models import ModelClient
from maru.prompts.store import PromptStore
from maru.telemetry import Telemetry


@dataclass(frozen=True)
class Services:
    """The collaborators of steps. ``retriever`` and ``guard`` make one whose searches and judging models are paid under a meter;
    ``readable`` tells which file versions a caller may read at present.
    """

    models: ModelClient
    meter: Meter
    retriever: Callable[[Meter], Retriever]
    pages: PageReader
    readable: Readable
    guard: Callable[[Meter], Guard]
    policies: PolicyStore
    journal: Journal
    evidence: Evidence
    prompts: PromptStore
    approvals: ApprovalStore
    notifier: Notifier
    log: Telemetry


class Performer:
    """Performs the steps that do something of their own."""

    def __init__(self, services: Services) -> None:
        self._its = services

    def asks(self, work: Work) -> Any:
        """What a step asks for, as JSON; None for steps that are done anew each time. Raises what evaluation and rendering raise."""
        step = work.step
        match step:
            case Model():
                values = work.evaluated(step.variables)
                return asked(step, values, self._its.prompts, work.run["tenant"], work.run.get("prompts") or {}).content()
            case Retrieve():
                names = work.evaluated(step.vector_stores)
                ask = {"query": str(work.evaluated(step.query)), "stores": names, "top_k": step.top_k, "cutoff": step.cutoff}
                return ask | {"rights": sorted(caller_of(work.run).principals)}
            case GuardStep():
                text = work.evaluated(step.text)
                return {"text": text if isinstance(text, str) else str(text), "place": step.place, "policy": step.policy}
            case Tool():
                ask = {"tool": step.tool, "arguments": work.evaluated(step.arguments)}
                found = builtins.find(step.tool)
                return ask | ({"rights": sorted(caller_of(work.run).principals)} if found and found.reads else {})
            case Notify():
                names = ("url", "subject", "text", "body")
                values = {name: work.evaluated(getattr(step, name)) for name in names}
                if step.jira is not None:
                    values["jira"] = work.evaluated({"priority": step.jira.priority, "labels": step.jira.labels})
                return {"tool": "notify", "arguments": message_of(step, values)}
            case _:
                return None

    async def perform(self, work: Work, ask: Any, feed: Feed) -> Outcome:
        """Do it; raises a :class:`~maru.chains.failures.StepFailed` or a :class:`MaruError`."""
        match work.step:
            case Model():
                return await self._model(work, Asked(**ask), feed)
            case Retrieve():
                return await self._retrieve(work, ask)
            case GuardStep() as step:
                return await self._guard(work, ask, fail=step.on_block == "fail")
            case Tool() as step:
                return await self._tool(work, ask, step.approval)
            case Notify() as step:
                message = await self._passing(work).message(ask["arguments"], approved=step.approval is not None)
                self._approved(work, ask, step.approval)
                delivery = digest([work.run_id, work.path])[:32]
                return Outcome(await self._its.notifier.send(work.run["tenant"], message, delivery=delivery))
            case _:
                raise InvalidRequest(f"The step '{work.id}' has nothing to do.")

    async def _model(self, work: Work, ask: Asked, feed: Feed) -> Outcome:
        caller, meter = caller_of(work.run), self._meter(work)
        policy = await asyncio.to_thread(self._its.policies.find, caller.tenant, POLICY)
        calls = Calls(work.steps, work.values, work.run, work.state)
        guard, read = self._its.guard(meter), work.run.get("data_classes") or ()
        log, spent = self._its.log, work.spent
        asker = Asker(self._its.models, meter, caller, log, guard=guard, policy=policy, calls=calls, spent=spent, classes=read)
        work.facts = {"rendered": work.values.put(work.place, ask.messages)} | ({"prompt": ask.prompt} if ask.prompt else {})
        with serving(caller):
            result = await asker.answer(ask, lambda piece: feed.add("step.delta", delta=piece) if piece else None)
        work.unchecked |= asker.unchecked
        return Outcome(result, work.facts | {"model": result["model"]})

    async def _retrieve(self, work: Work, ask: Any) -> Outcome:
        stores = ask["stores"] if isinstance(ask["stores"], list) else [ask["stores"]]
        if not stores or not all(isinstance(one, str) for one in stores):
            raise InvalidRequest("'vector_stores' is a list of names or ids.")
        retriever = self._its.retriever(self._meter(work))
        # Under the rights of whoever started the run, and of nobody else.
        found = await retriever.search(
            caller_of(work.run), store_ids_or_names=stores, query=ask["query"], k=ask["top_k"], cutoff=ask["cutoff"]
        )
        shown = await self._passing(work).passages(found)
        passages = [_public(number, one) for number, one in enumerate(shown, 1)]
        documents = frozenset((one.file_id, int(one.version)) for one in found)
        facts = {"data_class": strictest({one.data_class for one in found})} if found else {}
        return Outcome({"passages": passages, "text": _fenced(shown, digest(ask)[:16])}, facts, documents=documents)

    async def _guard(self, work: Work, ask: Any, *, fail: bool) -> Outcome:
        policy = await asyncio.to_thread(self._its.policies.find, work.run["tenant"], ask["policy"])
        place: Place = ask["place"]
        with serving(caller_of(work.run)):
            decision = await self._its.guard(self._meter(work)).check(ask["text"], place, policy)
        work.unchecked |= set(decision.unchecked)
        if decision.blocked and fail:
            raise GuardBlocked(f"The policy '{policy.name}' blocked the text.")
        findings = [
            {"check": one.check, "label": one.label, "start": one.start, "end": one.end, "score": round(one.score, 4)}
            for one in decision.findings
        ]
        return Outcome({"action": decision.action, "flagged": decision.flagged, "output": decision.output, "findings": findings})

    async def _tool(self, work: Work, ask: Any, approval: str | None) -> Outcome:
        found = builtins.find(ask["tool"])
        if found is None:
            raise InvalidRequest(f"There is no built-in '{ask['tool']}' here.")
        if found.acts and approval is None:
            raise ApprovalVoid(f"'{found.name}' acts on the outside and was not approved.")
        arguments = await self._passing(work).arguments(found.name, ask["arguments"], approved=approval is not None)
        self._approved(work, ask, approval)
        run = builtins.RunFacts(caller_of(work.run), work.run_id, work.path, self._its.pages)
        try:
            result = await asyncio.to_thread(found.call, arguments, run)
        except MaruError as error:
            raise ToolFailed(f"'{found.name}': {error.message}") from error
        except Exception as error:
            self._its.log.failure("built-in failed", error, tool=found.name, run_id=work.run_id)
            raise ToolFailed(f"'{found.name}' failed.") from error
        result = await self._passing(work).result(found.name, result)
        facts = {"data_class": strictest({one.data_class for one in run.found})} if run.found else {}
        return Outcome(result, facts, documents=frozenset((one.file_id, one.version) for one in run.found))

    def _approved(self, work: Work, ask: Any, approval: str | None) -> None:
        """Raise ApprovalVoid unless the step may go ahead under the approval that it names."""
        if approval is None:
            return
        row = None
        for at in _outward(work.at):
            row = row or work.steps.get(work.run_id, at + approval)
        if row is None or "approval_id" not in row:
            raise ApprovalVoid(f"Nobody was asked in '{approval}'.")
        asked_for = self._its.approvals.of(work.run["tenant"], row["approval_id"])
        self._its.approvals.use(asked_for, tool=ask["tool"], arguments=ask["arguments"], path=work.path)

    def sees(self, work: Work, documents: Collection[FileVersion]) -> bool:
        """Whether the run may read all of these documents now."""
        if not documents:
            return True
        return set(documents) <= self._its.readable(caller_of(work.run), documents)

    def _passing(self, work: Work) -> Passing:
        return Passing(self._its.guard(self._meter(work)), self._its.policies, work)

    def _meter(self, work: Work) -> Meter:
        cap = work.run.get("cap_nanodollars")
        budgets = [Budget.of_run(work.run["tenant"], work.run_id, int(cap))] if cap is not None else []
        return self._its.meter.within(*budgets, tell=work.spent.add, run=work.run_id, step=work.path)


def _outward(at: str) -> list[str]:
    """The places around a place, the nearest first: ``a/each[3]/``, ``a/``, ``""``."""
    parts = at.split("/")[:-1]
    return ["".join(f"{part}/" for part in parts[:length]) for length in range(len(parts), -1, -1)]


def _public(number: int, passage: Passage) -> dict[str, Any]:
    names = ("file_id", "version", "chunk_id", "source", "page", "text", "file_start", "file_end", "data_class", "heading")
    pages = [{"number": one.number, "start": one.start, "end": one.end} for one in passage.pages]
    told = {name: getattr(passage, name) for name in names}
    return {"index": number, **told, "score": round(passage.score, 4), "pages": pages, "attributes": dict(passage.attributes)}


def _fenced(passages: list[Passage], boundary: str) -> str:
    # The boundary is fixed by the question, so that the same passages render the same prompt; one that stands in a passage is changed.
    while any(boundary in one.text or boundary in one.source for one in passages):
        boundary = digest(boundary)[:16]
    return fence([FencedPassage(number, one.source, one.page, one.text) for number, one in enumerate(passages, 1)], boundary=boundary)
