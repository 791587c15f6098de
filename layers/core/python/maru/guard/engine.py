"""The guard itself: runs a policy's checks over a text and does what the policy says."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import anyio
import anyio.to_thread

from maru.guard.check import AnyCheck, Check, Place, RemoteCheck, Subject
from maru.guard.decision import Decision, Found, decide
from maru.guard.finding import Finding
from maru.guard.journal import PAGES
from maru.guard.masking import Vault
from maru.guard.memo import Memo
from maru.guard.policy import Policy, Provider
from maru.guard.providers import Backends
from maru.guard.registry import built_in
from maru.telemetry import Telemetry

#: Threads for checks; those that hang keep theirs, and then every further check is late, which is a failure.
_THREADS = 16
#: Characters that a quick check has read sooner than a thread is woken for it.
_SHORT = 4_000


class Guard:
    """Checks texts. ``checks`` stand before the built-in ones of the same name; without telemetry nothing is counted.

    ``backends`` are the providers that policies may ask, by kind; one that is not there fails as one that is down.
    """

    def __init__(
        self,
        checks: Iterable[AnyCheck] = (),
        *,
        log: Telemetry | None = None,
        find: Callable[[str], AnyCheck] = built_in,
        backends: Backends | None = None,
    ) -> None:
        self._checks, self._log, self._find = {one.name: one for one in checks}, log, find
        self._backends: Backends = backends or {}
        self._limit: anyio.CapacityLimiter | None = None
        self._memo = Memo()

    async def check(
        self, text: str, place: Place, policy: Policy, *, vault: Vault | None = None, facts: Mapping[str, Any] | None = None
    ) -> Decision:
        """Run the policy over a text; masks go into ``vault``. Never raises for a check's sake: its failure is part of the decision."""
        found = await self.found(text, place, policy, policy.active(place), facts=facts)
        decision = decide(text, place, policy, found, Vault() if vault is None else vault)
        self.count(decision, place, policy, text)
        return decision

    async def found(
        self,
        text: str,
        place: Place,
        policy: Policy,
        names: Sequence[str],
        *,
        facts: Mapping[str, Any] | None = None,
        remember: bool = False,
    ) -> Found:
        """What the named checks find, without acting on it; ``escapes`` fails where a text is escaped too often to be read.

        ``remember`` spares a text that comes with every request of an application, such as the description of a tool, being read anew;
        whoever else the policy asks is asked each time.
        """
        if not names or not text:
            return Found((), ())
        if remember and not facts and not any(policy.providers(name) or hasattr(self._checks.get(name), "ask") for name in names):
            return await self._memo.get(text, place, policy, names, self._found)
        return await self._found(text, place, policy, names, facts)

    async def _found(self, text: str, place: Place, policy: Policy, names: Sequence[str], facts: Mapping[str, Any] | None = None) -> Found:
        first = Subject(text, place, facts=facts or {})
        failed = ["escapes"] if first.read.deep else []
        local: list[Check] = []
        remote: list[RemoteCheck] = []
        for name in filter(policy.local, names):
            try:
                one = self.named(name)
            except LookupError:
                failed.append(name)
                continue
            if hasattr(one, "ask"):
                remote.append(cast("RemoteCheck", one))
            else:
                local.append(one)
        jobs = [self._local(local, first, policy)] if local else []
        jobs += [self._remote(one, first, policy) for one in remote]
        jobs += [self._asked(name, provider, first, policy) for name in names for provider in policy.providers(name)]
        answers = [await jobs[0]] if len(jobs) == 1 else await asyncio.gather(*jobs)
        findings = [one for answer in answers for one in answer.findings if one.score >= policy.threshold(one.check, one.label)]
        return Found(tuple(sorted(findings, key=lambda one: (one.start, one.end))), (*failed, *(n for a in answers for n in a.failed)))

    async def measured(self, text: str, passages: Sequence[str], policy: Policy) -> dict[str, Any] | None:
        """The grounding of a whole answer, within the policy's deadline and in its metrics; None where it has none or none in time."""
        from maru.guard.grounding import measured

        found: dict[str, Any] | None = None
        with anyio.move_on_after(policy.deadline("grounding")) as scope:
            self._limit = self._limit or anyio.CapacityLimiter(_THREADS)
            found = await anyio.to_thread.run_sync(measured, text, list(passages), abandon_on_cancel=True, limiter=self._limit)
        if self._log and scope.cancelled_caught:
            self._log.metric({"check": "grounding"}, {"guard_failures": 1}, place="output", policy=policy.name)
        if self._log and found:
            values = {"claims": found["claims"], "unsupported_claims": len(found["unsupported"])}
            self._log.metric({"part": "grounding"}, values, policy=policy.name, score=found["score"])
        return found

    def named(self, name: str) -> AnyCheck:
        """The check of this name; raises LookupError."""
        return self._checks.get(name) or self._find(name)

    def count(self, decision: Decision, place: Place, policy: Policy, text: str | None = None) -> None:
        """Metrics of a decision, by rule, and its note in the call's pages; its text goes nowhere but into a sealed sample."""
        if not (decision.acted or decision.failed):
            return
        if pages := PAGES.get():
            pages.add(decision, place, policy, text)
        if self._log is None:
            return
        if decision.blocked:
            self._log.metric({"part": "guard"}, {"guard_blocks": 1}, place=place, policy=policy.name)
        for one in decision.acted:
            dimensions = {"check": one.finding.check, "label": one.finding.label, "rule": one.finding.rule, "action": one.action}
            self._log.metric(dimensions, {"guard_findings": 1}, place=place, policy=policy.name, version=policy.version)
        for name in decision.failed:
            self._log.metric({"check": name}, {"guard_failures": 1}, place=place, policy=policy.name, open=name in decision.unchecked)

    async def _local(self, checks: Sequence[Check], subject: Subject, policy: Policy) -> Found:
        """All of them in one thread, so that one that hangs does not take the process with it; at once where none can."""
        done: dict[str, list[Finding] | None] = {}

        def work() -> None:
            for one in checks:
                try:
                    done[one.name] = list(one.find(replace(subject, options=policy.options(one.name))))
                except Exception as error:  # noqa: BLE001 - whatever it is, this check has no answer
                    done[one.name] = None
                    self._failure(one.name, error)

        if len(subject.text) <= _SHORT and all(getattr(one, "quick", False) for one in checks):
            work()
        else:
            self._limit = self._limit or anyio.CapacityLimiter(_THREADS)
            with anyio.move_on_after(max(policy.deadline(one.name) for one in checks)):
                await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=self._limit)
        told = dict(done)  # an abandoned thread may still write
        failed = tuple(one.name for one in checks if told.get(one.name) is None)
        return Found(tuple(finding for findings in told.values() for finding in findings or ()), failed)

    async def _remote(self, check: RemoteCheck, subject: Subject, policy: Policy) -> Found:
        try:
            async with asyncio.timeout(policy.deadline(check.name)):
                return Found(tuple(await check.ask(replace(subject, options=policy.options(check.name)))), ())
        except Exception as error:  # noqa: BLE001 - whatever it is, this check has no answer
            self._failure(check.name, error)
            return Found((), (check.name,))

    async def _asked(self, check: str, provider: Provider, subject: Subject, policy: Policy) -> Found:
        """What a provider says for a check; whatever keeps it from an answer is that provider's failure."""
        name = f"{check}:{provider.kind}"
        try:
            seconds = provider.deadline_ms / 1000 if provider.deadline_ms else policy.deadline(check)
            async with asyncio.timeout(seconds):
                return Found(tuple(await self._backends[provider.kind].ask(check, subject, provider)), ())
        except Exception as error:  # noqa: BLE001 - whatever it is, there is no answer
            self._failure(name, error)
            return Found((), (name,))

    def _failure(self, name: str, error: Exception) -> None:
        if self._log:
            self._log.failure("check failed", error, check=name)
