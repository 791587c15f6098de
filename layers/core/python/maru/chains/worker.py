"""The worker: one event of the machine in, one step of a run done or found done, the envelope out."""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from functools import partial
from typing import Any

from maru.chains import failures
from maru.chains.failures import DeadlinePassed, RunStopped, StepFailed, StepTimeout, failure_of
from maru.chains.feed import EventStore, Feed
from maru.chains.finishing import Finishing
from maru.chains.gates import Gates
from maru.chains.kinds import Nested, Parallel
from maru.chains.performing import Performer, Services
from maru.chains.program import Program
from maru.chains.programs import ProgramStore
from maru.chains.runs import RunStore, caller_of, ended
from maru.chains.steering import Steering
from maru.chains.steps import StepStore
from maru.chains.values import Values, digest
from maru.chains.work import Outcome, Reach, Work
from maru.dynamo import Item
from maru.errors import MaruError
from maru.ledger.plans import NANO
from maru.tracing import Span

_PROGRAMS = 200
#: Between two looks at whether the run was ended meanwhile.
_LOOK_SECONDS = 2.0


class Worker:
    """Serves the machines of all chains."""

    def __init__(
        self,
        services: Services,
        *,
        runs: RunStore,
        steps: StepStore,
        events: EventStore,
        values: Values,
        programs: ProgramStore,
        gates: Gates,
    ) -> None:
        self._its, self._performer = services, Performer(services)
        self._runs, self._steps, self._events, self._values = runs, steps, events, values
        self._programs = programs
        self._steering = Steering(runs, steps, gates, self._done)
        self._finishing = Finishing(runs, steps, events, services.approvals, services.log)
        self._known: OrderedDict[str, Program] = OrderedDict()

    def handle(self, event: Item) -> Item:
        """Lambda's event, see :mod:`maru.chains.compiler`; raises a :class:`StepFailed` by the name that Retry and Catch know."""
        run = self._runs.get(str(event["run"]))
        if run is None:
            raise RunStopped("There is no such run.")
        work = Work(run, self._program(run), event, steps=self._steps, values=self._values)
        with Span(f"step {work.key}").around() as span:
            span.note(tenant=str(run["tenant"]), run_id=work.run_id, chain=str(run["chain"]), step=work.path, phase=str(event["phase"]))
            try:
                return self._phase(work, run, event)
            finally:
                _spent(work, span)

    def _phase(self, work: Work, run: Item, event: Item) -> Item:
        phase = str(event["phase"])
        if phase == "fail":
            return self._finishing.fail(work)
        if phase == "finish" and str(run["status"]).startswith("completed"):
            return {"run": work.run_id, "status": run["status"]}  # done by an attempt whose answer was lost
        self._demand_alive(run, event)
        if phase == "finish":
            return self._finishing.finish(work)
        if phase == "caught":
            return self._caught(work)
        return self._step(work, closing=phase == "close")

    def _demand_alive(self, run: Item, event: Item) -> None:
        if ended(run):
            raise RunStopped(f"The run is {run['status']}.")
        execution = str(event.get("execution", ""))
        # The items of a map that run apart have executions of their own, named machine/label.
        if "/" not in execution and run.get("execution_arn") not in {None, execution}:
            raise RunStopped("Another execution carries this run on.")

    def _step(self, work: Work, *, closing: bool) -> Item:
        if closing and isinstance(work.step, Nested):
            work.at = work.at.removesuffix(f"{work.id}/")
            work.path = work.at + work.id
        # A parallel has nothing to open; the others were begun when they were opened.
        begins = not closing or isinstance(work.step, Parallel)
        facts = {"kind": work.step.type, "key": work.key, "expires_at": work.run["expires_at"]}
        row = self._steps.begin(work.run_id, work.path, facts, attempt=begins)
        work.started_at, work.state = float(row["started_at"]), row
        feed = Feed(self._events, work.run, work.path)
        # What an attempt that died told of its words is told again behind this.
        if begins and (row["attempts"] == 1 or row["status"] == "failed" or (row["status"] == "running" and not closing)):
            feed.add("step.started", kind=work.step.type, attempt=row["attempts"])
        try:
            left = work.run["deadline_at"] - self._runs.clock()
            if left <= 0:
                raise DeadlinePassed("The run's deadline has passed.")
            found = partial(self._steps.documents, work.run_id)
            with self._its.journal.around(caller_of(work.run), f"{work.run_id}/{work.path}", about=work.run_id, found=found):
                told = asyncio.run(self._within(work, row, feed, closing=closing, seconds=min(left, work.step.timeout_seconds)))
        except Exception as error:
            failure = failure_of(error)
            if not isinstance(error, StepFailed | MaruError):
                self._its.log.failure("step failed", error, run_id=work.run_id, step=work.path)
            self._failed(work, failure, feed)
            raise failure from error
        feed.close()
        return told

    async def _within(self, work: Work, row: Item, feed: Feed, *, closing: bool, seconds: float) -> Item:
        try:
            async with asyncio.timeout(seconds):
                return self._steering.close(work, row, feed) if closing else await self._while_alive(work, self._do(work, row, feed))
        except TimeoutError as error:
            raise StepTimeout(f"The step took longer than {seconds:.0f} s.") from error

    async def _while_alive(self, work: Work, doing: Coroutine[Any, Any, Item]) -> Item:
        """Do it, as long as the run has not ended: what nobody waits for any more is not paid to its end."""
        task = asyncio.create_task(doing)
        try:
            while not (await asyncio.wait({task}, timeout=_LOOK_SECONDS))[0]:
                run = await asyncio.to_thread(self._runs.get, work.run_id)
                if run is None or ended(run):
                    raise RunStopped("The run has ended.")
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    async def _do(self, work: Work, row: Item, feed: Feed) -> Item:
        handler = self._steering.handler(work)
        if handler is not None:
            return handler(work, row, feed)
        ask = self._performer.asks(work)
        hash_ = digest(ask)
        if row["status"] == "done" and row.get("hash") == hash_:
            return work.envelope()
        earlier = self._earlier(work, hash_)
        if earlier is not None:
            facts: Item = {name: earlier[name] for name in ("model", "prompt", "rendered", "data_class", "unchecked") if name in earlier}
            documents = frozenset(self._steps.documents(work.run["replay_of"], work.path))
            outcome = Outcome(work.values.get(earlier["result"]), facts, reused_from=work.run["replay_of"], documents=documents)
        else:
            outcome = await self._performer.perform(work, ask, feed)
        return self._done(work, outcome, feed, hash_=hash_)

    def _earlier(self, work: Work, hash_: str) -> Item | None:
        """The same step of the run that this one replays, where it asked for the same and comes before the point of replay.

        What it asked for holds the rights under which it searched; documents that were taken from these rights since are not taken over.
        """
        source = work.run.get("replay_of")
        if not source or work.path in (work.run.get("replay_fresh") or ()):
            return None
        row = self._steps.get(source, work.path)
        if row is None or row["status"] != "done" or row.get("hash") != hash_ or "result" not in row:
            return None
        return row if self._performer.sees(work, self._steps.documents(source, work.path)) else None

    def _done(self, work: Work, outcome: Outcome, feed: Feed, *, hash_: str | None = None, **told: Any) -> Item:
        if outcome.documents:
            self._steps.found(work.run, work.path, outcome.documents)
        self._its.evidence.note(work, outcome)
        output, reach = work.after(outcome.result)
        facts: Item = {
            "status": "done",
            "hash": hash_,
            "result": work.values.put(work.place, outcome.result),
            "output": output,
            "after": reach.row(),
            "ended_at": self._runs.clock(),
            "reused_from": outcome.reused_from,
            "settled": work.state["attempts"],
            "error": None,
            **work.spent.facts(work.state),
            **({"unchecked": sorted(work.unchecked)} if work.unchecked else {}),
            **outcome.facts,
        }
        if "data_class" in outcome.facts:
            self._runs.reads(work.run_id, outcome.facts["data_class"])
        self._steps.note(work.run_id, work.path, facts)
        self._count(work)
        feed.add(
            "step.completed", **{name: facts[name] for name in ("model", "cost_nanodollars", "reused_from") if facts.get(name) is not None}
        )
        self._finishing.measured(work, "ok", self._runs.clock() - work.started_at)
        return work.envelope(**told)

    def _count(self, work: Work) -> None:
        spent = work.spent
        cost = {"cost_nanodollars": spent.cost or 0, "estimated_nanodollars": spent.estimated, "lost_calls": spent.lost}
        tokens = {"input_tokens": spent.input_tokens, "output_tokens": spent.output_tokens, "model_calls": spent.calls}
        self._runs.add(work.run_id, **cost, **tokens)

    def _failed(self, work: Work, failure: StepFailed, feed: Feed) -> None:
        name, spent = type(failure).__name__, work.spent.facts(work.state)
        facts: Item = {**work.facts, "settled": work.state["attempts"], "ended_at": self._runs.clock(), **spent}
        if name == "RunStopped":
            self._steps.stop(work.run_id, work.path, facts)
            self._count(work)
            return
        self._steps.note(work.run_id, work.path, {**facts, "status": "failed", "error": {"name": name, "message": failure.message}})
        self._count(work)
        feed.add("step.failed", error=name, message=failure.message)
        feed.close()
        self._finishing.measured(work, name, self._runs.clock() - work.started_at)

    def _caught(self, work: Work) -> Item:
        """A step failed for good and its chain goes on: what its catch begins with."""
        if work.at.endswith(f"{work.id}/") and isinstance(work.step, Nested):
            work.at = work.at.removesuffix(f"{work.id}/")
            work.path = work.at + work.id
        row = self._steps.begin(work.run_id, work.path, {"key": work.key}, attempt=False)
        name = str(work.event["error"])
        found = row.get("error") or {"name": name, "message": failures.ERRORS.get(name, "The step did not come to its end.")}
        given = {"error": found["name"], "message": found["message"], "step": work.id}
        before = work.reach_behind(str(row.get("before", work.event["scope"])))
        kept = work.values.put(work.place, given)
        reach = Reach(kept, before.variables, before.root)
        facts = {"status": "caught", "catch": work.event["catch"], "after": reach.row(), "output": kept, "error": found}
        self._steps.note(work.run_id, work.path, facts)
        return work.envelope()

    def _program(self, run: Item) -> Program:
        checksum = str(run["program"])
        if checksum not in self._known:
            self._known[checksum] = self._programs.get(checksum)
            if len(self._known) > _PROGRAMS:
                self._known.popitem(last=False)
        return self._known[checksum]


def _spent(work: Work, span: Span) -> None:
    if work.spent.calls:
        span.note(input_tokens=work.spent.input_tokens, output_tokens=work.spent.output_tokens, model_calls=work.spent.calls)
        span.note(cost_usd=None if work.spent.cost is None else work.spent.cost / NANO)
