"""Where things come from and where they went: lineage from a file and from an answer; the questions that a store left open."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from functions.knowledge.common import Documents, Reader, Writer
from maru.dynamo import Item
from maru.errors import NotFound
from maru.http import provided
from maru.knowledge.lineage import MADE_BY, LineageStore, answer_object
from maru.knowledge.questions import QuestionStore, question_object
from maru.knowledge.retention import RetentionStore
from maru.structured.reader import DataReader
from maru.structured.rows import PREFIX, parted

router = APIRouter(tags=["lineage"])

Lineage = Annotated[LineageStore, Depends(provided(LineageStore))]
Questions = Annotated[QuestionStore, Depends(provided(QuestionStore))]


@router.get("/v1/files/{file_id}/lineage")
def file_lineage(
    file_id: str,
    caller: Writer,
    library: Documents,
    lineage: Lineage,
    version: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Where a file came from, in which stores it is, and which answers it went into; only admins are told whose these were."""
    file = library.files.seen(caller, file_id)
    members = library.members.among((store_id, file_id) for store_id in file.get("stores") or ())
    rows = lineage.of_file(file_id, version=version, limit=limit)
    return {
        "object": "file.lineage",
        "file_id": file_id,
        "version": file["version"],
        "source": _source(file),
        "stores": [{name: row.get(name) for name in ("vector_store_id", "live_version", "chunks")} for row in members.values()],
        "answers": [answer_object(row, named="admin" in caller.scopes) for row in rows],
    }


@router.get("/v1/lineage/{message_id}")
def answer_lineage(
    message_id: str, caller: Reader, library: Documents, lineage: Lineage, data: Annotated[DataReader, Depends(provided(DataReader))]
) -> dict[str, Any]:
    """What an answer was made of: of one's own, or of anybody's for an admin; documents and rows of structured data that the caller no
    longer sees are withheld. That of a step of a run is named ``{run_id}:{step}``, a dot for each slash of the step's path."""
    rows = [row for row in lineage.of_message(message_id) if row["tenant"] == caller.tenant]
    if not rows or not (rows[0]["user"] == caller.user or "admin" in caller.scopes):
        raise NotFound(f"No answer '{message_id}'.", param="message_id")
    ids = {row["file_id"] for row in rows}
    of_views = {id_ for id_ in ids if id_.startswith(PREFIX)}
    seen = library.files.seen_among(caller, ids - of_views)
    seen |= {id_: _row(id_) for id_ in data.visible(caller, of_views)}
    made_of = [_ingredient(row, seen[row["file_id"]]) for row in rows if row["file_id"] in seen]
    shown = {name: rows[0].get(name) for name in ("message_id", *MADE_BY)}
    return {"object": "answer.lineage", **shown, "made_of": made_of, "withheld": len(rows) - len(made_of)}


@router.get("/v1/vector_stores/{vector_store_id}/questions")
def store_questions(
    vector_store_id: str,
    caller: Writer,
    library: Documents,
    questions: Questions,
    rules: Annotated[RetentionStore, Depends(provided(RetentionStore))],
    kind: Literal["unanswered", "disliked"] | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """What the store left open in the last 90 days: questions that no passage answered, and those whose answer was disliked.

    Their texts are there while the tenant lets what people ask be used for improvement (`PUT /v1/retention`).
    """
    store = library.stores.get(caller.tenant, vector_store_id)
    counts, rows = questions.report(store["id"], kind=kind, limit=limit)
    text = rules.improving(caller.tenant)
    return {"object": "list", "counts": counts, "data": [question_object(row, text=text) for row in rows]}


def _ingredient(row: Item, file: Item) -> Item:
    named = {name: row[name] for name in ("file_id", "version", "chunk_ids", "cited")}
    return {**named, "filename": file["filename"], "source": _source(file)}


def _row(id_: str) -> Item:
    """A row of structured data as a file: its reference for a name."""
    view, _ = parted(id_)
    return {"filename": id_.removeprefix(PREFIX), "origin": {"kind": "data", "view": view}}


def _source(file: Item) -> Item:
    """What brought a file: a source of its own, the S3 door, or somebody who uploaded it."""
    if file.get("origin"):
        return dict(file["origin"])
    if file.get("door_key"):
        return {"kind": "s3", "bucket": file["content"]["bucket"], "key": file["door_key"]}
    return {"kind": "upload", "uploaded_by": file.get("uploaded_by"), "created_at": file["created_at"]}
