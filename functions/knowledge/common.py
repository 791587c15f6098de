"""What the routes of documents share: callers, collaborators, cursors and the shapes that bodies have in common."""

import json
import unicodedata
from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from pydantic import Field, model_validator

from maru.dynamo import Item
from maru.errors import BadRequest
from maru.exact import Exact
from maru.http import provided, require
from maru.identity import Caller
from maru.knowledge.acl import check_document_attributes
from maru.knowledge.chunking import from_openai
from maru.knowledge.library import Library
from maru.knowledge.paging import Cursor
from maru.knowledge.retrieve import Retriever

Reader = Annotated[Caller, Depends(require("knowledge:read"))]
Writer = Annotated[Caller, Depends(require("knowledge:write"))]
Operator = Annotated[Caller, Depends(require("operator"))]
Documents = Annotated[Library, Depends(provided(Library))]
Searching = Annotated[Retriever, Depends(provided(Retriever))]

Status = Literal["in_progress", "completed", "failed", "cancelled"]
_MAX_FILENAME = 255
#: Zero-width (non-)joiners: Unicode counts them among controls, and words are spelt with them.
_JOINERS = {0x200C: "-", 0x200D: "-"}


class Body(Exact):
    """A request's body: what is unknown is refused by name."""

    @model_validator(mode="before")
    @classmethod
    def _unicode(cls, given: Any) -> Any:
        """JSON can spell halves of characters, which nothing behind this can keep."""
        try:
            json.dumps(given, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("a text holds half a surrogate pair, which is no character") from None
        except TypeError:
            return given  # a nested model that is checked already
        return given


def _cursor(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    order: Literal["asc", "desc"] = "desc",
    after: str | None = None,
    before: str | None = None,
) -> Cursor:
    return Cursor(limit, order, after, before)


Paging = Annotated[Cursor, Depends(_cursor)]

Metadata = Annotated[dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)]


class ExpiresAfter(Body):
    """When a vector store's time is over: so many days after it was last used."""

    anchor: Literal["last_active_at"]
    days: int = Field(ge=1, le=365)


def chunking(strategy: dict[str, Any] | None) -> Item | None:
    """What is kept of a chunking strategy; None where none is given. Raises BadRequest."""
    return None if strategy is None else from_openai(strategy)


def attributes(given: dict[str, Any] | None) -> dict[str, Any] | None:
    """Checked attributes; None where none are given. Raises BadRequest."""
    return None if given is None else check_document_attributes(given)


def filename(given: str | None) -> str:
    """A file's name as everybody sees it: NFC, without folders. Raises BadRequest.

    Joiners may stand within it, as Persian, Hindi and the emoji of several people have them; nothing else that is invisible.
    """
    name = unicodedata.normalize("NFC", given or "").replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not name or not name.translate(_JOINERS).isprintable() or len(name) > _MAX_FILENAME:
        raise BadRequest(f"A file needs a name of at most {_MAX_FILENAME} printable characters.", param="file")
    return name
