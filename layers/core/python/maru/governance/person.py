"""One person's data: what of a tenant's tables is theirs, told and erased on their request."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from maru.chains.runs import owner_of
from maru.dynamo import Item
from maru.governance.holdings import HELD, Held
from maru.governance.keeping import Keeping

type Theirs = Callable[[Item, str], bool]

#: The purpose of what a person put into a conversation; other documents are the organisation's, whoever uploaded them.
_ATTACHED = "user_data"


def _user(row: Item, user: str) -> bool:
    return row.get("user") == user


#: Tables whose rows are a person's own, and how a row says so.
THEIRS: dict[str, Theirs] = {
    "keys": _user,
    "identities": _user,
    "budgets": _user,
    "feedback": _user,
    "lineage": _user,
    "uploads": _user,
    "tool_approvals": lambda row, user: row.get("requested_by") == user,
    "approvals": lambda row, user: next(iter(row.get("requesters", ())), None) == user,
    "completions": lambda row, user: row["owner"] == f"{row['owner'].partition('#')[0]}#{user}",
    "idempotency": _user,
    "runs": lambda row, user: owner_of(row) == user,
}

#: Tables that are theirs by the rows above.
BY_THEIR_RUNS = {"run_events", "run_steps"}

#: What no person's request takes, and why.
NOBODYS = {
    "agents": "the organisation's work",
    "cache": "under a hash that tells nobody's name, gone by its time",
    "chain_triggers": "the organisation's work",
    "chains": "the organisation's work",
    "file_batches": "counts of documents",
    "files": "the organisation's documents; what a person attached to a conversation is deleted",
    "imports": "counts of documents",
    "incidents": "sealed samples for the organisation's safety, gone by their time",
    "ingest_turns": "a place in the queue of documents",
    "policies": "the organisation's work",
    "prompts": "the organisation's work",
    "questions": "kept without a name, and gone with the conversation in which they were asked",
    "rejections": "names of documents",
    "retention": "the organisation's rules",
    "sources": "the organisation's documents",
    "tenants": "the organisation",
    "tools": "the organisation's work",
    "usage": "the accounts of what was spent stay their 800 days, as books do",
    "vector_store_files": "the organisation's documents",
    "vector_stores": "the organisation's documents",
}


@dataclass(frozen=True)
class Person:
    """A user of a tenant, as what is held of them."""

    keeping: Keeping
    tenant: str
    user: str

    def rows(self) -> Iterator[tuple[Held, Item]]:
        """Rows of tables, keys and identities first."""
        holdings = self.keeping.holdings
        for held in HELD:
            theirs = THEIRS.get(held.table)
            for row in holdings.rows(held, self.tenant) if theirs else ():
                if theirs and theirs(row, self.user):
                    yield held, row

    def sessions(self) -> Iterator[Item]:
        """The heads of their conversations."""
        return (head for head in self.keeping.sessions.of_tenant(self.tenant) if head["user"] == self.user)

    def files(self) -> Iterator[Item]:
        """What they put into conversations, which nobody else sees."""
        own = [f"user:{self.user}"]
        return (file for file in self.keeping.files(self.tenant) if file["purpose"] == _ATTACHED and list(file["acl"]) == own)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Where their stored completions' bodies lie."""
        return (f"completions/{self.tenant}#{self.user}/",)

    def known(self) -> bool:
        """Whether anything is held of them."""
        return any(next(iter(found), None) is not None for found in (self.rows(), self.sessions(), self.files()))
