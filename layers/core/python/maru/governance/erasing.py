"""Full deletion of a tenant, or of one person: who may act goes first, then what works for it, then everything that is held of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from maru.cache.idempotent import IdempotencyStore
from maru.dynamo import Item
from maru.governance.holdings import HELD, PLACES, Held, Holdings
from maru.governance.keeping import Keeping
from maru.governance.person import Person
from maru.governance.runs import RunKeeping
from maru.knowledge import jobs

#: Seconds until the second pass: as long as SQS delays a message and as a function runs, so that what was under way has ended.
_SETTLED_S = 900
_GONE = {"ExecutionDoesNotExist", "ResourceNotFound", "ResourceNotFoundException", "StateMachineDoesNotExist"}


@dataclass(frozen=True)
class Erasure:
    """Erases tenants, in two passes: a request that was answered while the first ran may have written behind it.

    What stays is said in `holdings`: audit rows by rule, and the ledger as books. ``states`` is Step Functions' client.
    """

    keeping: Keeping
    states: Any

    @property
    def holdings(self) -> Holdings:
        """Every table."""
        return self.keeping.holdings

    def take(self, job: jobs.Job) -> None:
        """Do the job of one pass; may be cut off and called again. A tenant that was made anew since the first pass is left alone."""
        tenant, last = job["tenant"], bool(job.get("last"))
        if "user" in job:
            self._take_person(Person(self.keeping, tenant, job["user"]), last=last)
        elif not (last and self.holdings.table("tenants").get({"id": tenant})):
            self._take_tenant(tenant, last=last)

    def _take_tenant(self, tenant: str, *, last: bool) -> None:
        programs = self._programs(tenant)
        self._close(tenant)
        self._stop(tenant)
        self._forget_questions(tenant)
        self._forget_uploads(row["id"] for row in self._rows("uploads", tenant))
        self._forget_given(self._rows("idempotency", tenant))
        self.keeping.erase(tenant)
        self.holdings.erase(tenant, last=last)
        self._forget_programs(programs)
        for prefix in PLACES:
            self.keeping.library.blobs.delete_under(prefix.format(tenant))
        self.keeping.library.blobs.delete_under(f"{tenant}/", bucket=self.keeping.library.door_bucket)
        if not last:
            self.keeping.library.queue.send([jobs.erase(tenant, last=True)], delay_s=_SETTLED_S)

    def _take_person(self, person: Person, *, last: bool) -> None:
        """As for a tenant: who was let in anew since the first pass is left alone."""
        found = list(person.rows())
        doors = [(held, row) for held, row in found if held.table in {"keys", "identities"}]
        if last and doors:
            return
        self._delete(doors)
        runs = [row for held, row in found if held.table == "runs"]
        self._end(runs)
        for run in runs:
            RunKeeping(self.holdings, self.keeping.library.blobs).remove(run)
        self._forget_talks(person)
        self._forget_uploads(row["id"] for held, row in found if held.table == "uploads")
        self._forget_given(row for held, row in found if held.table == "idempotency")
        self._delete(found)
        if not last:
            self.keeping.library.queue.send([jobs.erase(person.tenant, user=person.user, last=True)], delay_s=_SETTLED_S)

    def _forget_talks(self, person: Person) -> None:
        heads = list(person.sessions())
        said = {row["message_id"] for head in heads for row in self.keeping.sessions.rows_of(head)}
        self._delete((held, row) for held in HELD if held.table == "questions" for row in self._asked(held, person.tenant, said))
        for head in heads:
            self.keeping.sessions.remove(head)
        for file in list(person.files()):
            self.keeping.delete(file)
        for prefix in person.prefixes:
            self.keeping.library.blobs.delete_under(prefix)

    def _asked(self, held: Held, tenant: str, said: Collection[str]) -> list[Item]:
        """The questions that stores left open in these messages."""
        return [row for row in self.holdings.rows(held, tenant) if row.get("message_id") in said] if said else []

    def _delete(self, found: Iterable[tuple[Held, Item]]) -> None:
        for held, row in found:
            self.holdings.table(held.table).delete({name: row[name] for name in held.key})

    def _close(self, tenant: str) -> None:
        """From here on nobody is let in for the tenant, but for as long as a function remembers a key; and nothing starts by itself."""
        for held in HELD:
            if held.table in {"tenants", "keys", "identities", "chain_triggers"}:
                self._delete((held, row) for row in list(self.holdings.rows(held, tenant)))

    def _stop(self, tenant: str) -> None:
        """End what runs, and take the tenant's own machines away."""
        self._end(self._rows("runs", tenant))
        chains = list(self._rows("chains", tenant))
        machines = {row["name"]: row["machine"].rpartition(":")[0] for row in chains if row.get("machine")}
        for row in chains:
            if "label" in row and row["name"] in machines:
                self._ask("delete_state_machine_alias", stateMachineAliasArn=f"{machines[row['name']]}:{row['label']}")
        for machine in sorted(set(machines.values())):
            self._ask("delete_state_machine", stateMachineArn=machine)

    def _end(self, runs: Iterable[Item]) -> None:
        for run in runs:
            if "unended" in run and run.get("execution_arn"):
                self._ask("stop_execution", executionArn=run["execution_arn"], error="RunStopped", cause="Its data was erased.")

    def _forget_questions(self, tenant: str) -> None:
        for row in self._rows("cache", tenant):
            if row["id"].startswith("entry#"):
                self.keeping.library.answers.forget_question(tenant, row.get("place"), row["id"].removeprefix("entry#"))

    def _forget_uploads(self, ids: Iterable[str]) -> None:
        for upload in set(ids):
            for row in list(self.holdings.table("uploads").query("id = :id", {":id": upload})):
                self.holdings.table("uploads").delete({"id": row["id"], "part": row["part"]})
            self.keeping.library.blobs.delete_under(f"uploads/{upload}/")

    def _forget_given(self, rows: Iterable[Item]) -> None:
        """Large answers to an Idempotency-Key; the rest lies in the rows themselves."""
        for row in rows:
            if "body" not in row.get("answer", {}):
                self.keeping.library.blobs.delete_under(IdempotencyStore.PREFIX + row["id"])

    def _programs(self, tenant: str) -> set[str]:
        """The programs of the tenant's own chains, but for those that another tenant's chain or run reads as well."""
        from maru.chains.store import SHIPPED

        named = {"chains": "checksum", "runs": "program"}
        own: set[str] = set()
        for table, name in named.items():
            own |= {row[name] for row in self._rows(table, tenant) if name in row and row.get("version") != SHIPPED}
        where = "tenant <> :tenant AND attribute_exists(#name)"
        for table, name in named.items() if own else ():
            own -= {row[name] for row in self.holdings.table(table).scan(where, {":tenant": tenant}, names={"#name": name})}
        return own

    def _forget_programs(self, checksums: set[str]) -> None:
        for checksum in checksums:
            self.holdings.table("chain_programs").delete({"checksum": checksum})

    def _rows(self, table: str, tenant: str) -> list[Item]:
        held = next(one for one in HELD if one.table == table)
        return list(self.holdings.rows(held, tenant))

    def _ask(self, operation: str, **request: Any) -> None:
        try:
            getattr(self.states, operation)(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
