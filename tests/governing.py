"""What tests of retention, export and erasure share: every table of the stack, documents and conversations of tenants."""

import boto3

from infra.discovery import table_specs
from maru.agents.feedback import Feedback, FeedbackStore
from maru.agents.messages import Message
from maru.agents.sessions import SessionStore
from maru.dynamo import Table
from maru.governance.holdings import Holdings
from maru.governance.keeping import Keeping
from maru.knowledge.documents import add_file
from maru.knowledge.retention import RetentionStore
from tests.fakes.documents import DocumentSide, caller


def keeping_on(side: DocumentSide) -> Keeping:
    """Everything that holds data of tenants, on a table for each store that the code declares."""
    dynamodb, specs = boto3.client("dynamodb"), table_specs()
    there = set(dynamodb.list_tables()["TableNames"])
    for name, spec in specs.items():
        if name not in there:
            spec.create(dynamodb, name)
    sessions = SessionStore(Table(dynamodb, "sessions", SessionStore.SPEC))
    feedback = FeedbackStore(Table(dynamodb, "feedback", FeedbackStore.SPEC))
    rules = RetentionStore(Table(dynamodb, "retention", RetentionStore.SPEC))
    return Keeping(side.library, sessions, feedback, rules, side.log, Holdings(dynamodb, "{}"))


def document(side: DocumentSide, data_class: str, *, tenant: str = "acme") -> str:
    """A document that `somebody` alone may see; its id."""
    rights = {"acl": ["user:somebody"], "data_class": data_class, "attributes": {}}
    row = add_file(
        side.library,
        caller(tenant=tenant),
        filename=f"{data_class}.md",
        purpose="assistants",
        body=b"Apples.",
        media_type="text/markdown",
        rights=rights,
    )
    return str(row["id"])


def conversation(keeping: Keeping, data_class: str, *, tenant: str = "acme", user: str = "minji") -> str:
    """A session of a question and an answer that was disliked; its id."""
    who = caller(user, tenant=tenant)
    head, _ = keeping.sessions.open(who, None, agent="hr", title="x")
    answer = Message(f"msg_{head['id']}", head["id"], "assistant", "Apples.", 0)
    keeping.sessions.append(head, [Message(f"q_{head['id']}", head["id"], "user", "apples?", 0), answer], data_class=data_class)
    given = Feedback.model_validate({"message_id": answer.id, "rating": "dislike", "comment": "no"})
    keeping.feedback.give(who, answer, given, data_class=data_class)
    return str(head["id"])
