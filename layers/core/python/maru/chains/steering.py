"""Steps that steer a run and ask nobody outside: what they decide, what runs within them, and how it comes together."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from maru.chains.expressions import truthy
from maru.chains.failures import ExpressionFailed, InvalidRequest
from maru.chains.feed import Feed
from maru.chains.gates import Gates, stamp
from maru.chains.inputs import demand_input
from maru.chains.kinds import Approve, Choice, Map, Nested, Parallel, Transform, Wait
from maru.chains.runs import RunStore
from maru.chains.steps import StepStore
from maru.chains.work import Outcome, Reach, Work
from maru.dynamo import Item


class Done(Protocol):
    """Writes down that a step is done; gives the envelope with what the machine is told."""

    def __call__(self, work: Work, outcome: Outcome, feed: Feed, **told: str) -> Item: ...


class Steering:
    """``done`` writes a finished step down."""

    def __init__(self, runs: RunStore, steps: StepStore, gates: Gates, done: Done) -> None:
        self._runs, self._steps, self._gates, self._done = runs, steps, gates, done

    def handler(self, work: Work) -> Callable[[Work, Item, Feed], Item] | None:
        """What does a step of this kind; None for those that others do."""
        own: dict[type, Callable[[Work, Item, Feed], Item]] = {
            Transform: self._transform,
            Choice: self._choice,
            Map: self._map,
            Nested: self._nested,
            Wait: self._wait,
            Approve: self._approve,
        }
        return own.get(type(work.step))

    def _transform(self, work: Work, _: Item, feed: Feed) -> Item:
        step = work.step
        assert isinstance(step, Transform)  # noqa: S101 - by the table above
        return self._done(work, Outcome(work.evaluated(step.value)), feed)

    def _choice(self, work: Work, _: Item, feed: Feed) -> Item:
        step = work.step
        assert isinstance(step, Choice)  # noqa: S101 - by the table above
        taken = (str(number) for number, way in enumerate(step.choices) if truthy(work.evaluated(way.when)))
        go = next(taken, "otherwise")
        facts = {
            "status": "done",
            "go": go,
            "after": work.reach.row(),
            "output": work.reach.input,
            "ended_at": self._runs.clock(),
            "error": None,
        }
        self._steps.note(work.run_id, work.path, facts)
        feed.add("step.completed", go=go)
        return work.envelope(go=go)

    def _map(self, work: Work, _: Item, feed: Feed) -> Item:
        step = work.step
        assert isinstance(step, Map)  # noqa: S101 - by the table above
        items = work.evaluated(step.items)
        if not isinstance(items, list):
            raise ExpressionFailed("'items' is no list.")
        if len(items) > step.max_items:
            raise InvalidRequest(f"There are {len(items)} items; 'max_items' is {step.max_items}.")
        inside = {"vars": work.reach.variables, "root": work.reach.root}
        facts = {"items": work.values.put_list(work.place, items), "count": len(items), "inside": inside, "before": work.event["scope"]}
        self._steps.note(work.run_id, work.path, facts)
        feed.add("step.mapping", count=len(items))
        return {"run": work.run_id, "at": work.at, "scope": work.event["scope"], "count": len(items)}

    def _nested(self, work: Work, _: Item, __: Feed) -> Item:
        step = work.step
        assert isinstance(step, Nested)  # noqa: S101 - by the table above
        given = work.evaluated(step.input)
        demand_input(work.program.nested[work.key].input, given, InvalidRequest)
        kept = work.values.put(work.place, given)
        self._steps.note(work.run_id, work.path, {"before": work.event["scope"], "after": Reach(kept, {}, kept).row()})
        return {"run": work.run_id, "at": f"{work.path}/", "scope": work.path}

    def _wait(self, work: Work, row: Item, feed: Feed) -> Item:
        until = row.get("until") or self._gates.until(work, float(row["started_at"]))
        # The machine waits no longer than the run may take: what comes behind the wait then ends it.
        last = stamp(datetime.fromtimestamp(work.run["deadline_at"] + 0.1, UTC))
        return self._done(work, Outcome({"until": until}, {"until": until}), feed, until=min(until, last))

    def _approve(self, work: Work, _: Item, feed: Feed) -> Item:
        return self._gates.ask(work, feed)

    def close(self, work: Work, row: Item, feed: Feed) -> Item:
        """Bring a step together whose inner steps, or whose approval, came to their end."""
        step = work.step
        match step:
            case Parallel():
                return self._done(work, Outcome(self._gates.branches(work, step)), feed)
            case Map():
                outcome = self._gates.items(work, step, row)
                if outcome.result["failed"]:
                    self._runs.add(work.run_id, item_failures=outcome.result["failed"])
                return self._done(work, outcome, feed)
            case Approve():
                outcome = self._gates.settle(work, step, row)
                return self._done(work, outcome, feed, **outcome.told)
            case _:
                assert isinstance(step, Nested)  # noqa: S101 - no other kind is closed
                inner = work.reach_behind(str(work.event["scope"]))
                result = work.evaluated(work.program.nested[work.key].output, reach=inner)
                work.begin_behind(str(row["before"]))
                return self._done(work, Outcome(result), feed)
