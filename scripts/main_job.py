"""The main job against any deployment: documents in, questions in two languages, answers as they stream with their citations."""

import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.api import Api, Refused

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "documents"
_WAIT_SECONDS = 180.0


@dataclass
class Answer:
    """What came of one question."""

    text: str = ""
    references: list[dict[str, Any]] = field(default_factory=list)
    first_word_s: float = 0.0


@contextmanager
def library(api: Api, documents: list[Path]) -> Iterator[str]:
    """A vector store and an agent of its own with these documents; gives the agent's name and removes everything at the end."""
    name = f"demo-{uuid.uuid4().hex[:8]}"
    store = api.call("POST", "/v1/vector_stores", {"name": name})["id"]
    files = [_uploaded(api, path, store) for path in documents]
    try:
        _wait(api, store)
        instructions = "Answer from the documents, in the language of the question."
        api.call("POST", "/v1/agents", {"name": name, "instructions": instructions, "model": "default", "vector_stores": [store]})
        yield name
    finally:
        api.call("DELETE", f"/v1/agents/{name}", expected=(404,))
        api.call("DELETE", f"/v1/vector_stores/{store}", expected=(404,))
        for file_id in files:
            api.call("DELETE", f"/v1/files/{file_id}", expected=(404,))


def ask(api: Api, agent: str, question: str) -> Answer:
    """Ask, print the answer as it streams, then its citations. Raises Refused when the stream tells of an error or has no end."""
    answer, started = Answer(), time.monotonic()
    print(f"\n? {question}\n  ", end="", flush=True)
    for name, data in api.events(f"/v1/agents/{agent}/chat", {"message": question, "stream": True}):
        if name == "response.delta":
            answer.first_word_s = answer.first_word_s or time.monotonic() - started
            answer.text += data["delta"]
            print(data["delta"], end="", flush=True)
        elif name == "response.completed":
            answer.references = data["references"]
            _print_references(answer)
            return answer
        elif name == "error":
            raise Refused(str(data))
    raise Refused("The stream ended without its last event.")


def _print_references(answer: Answer) -> None:
    print(f"\n  ({answer.first_word_s:.1f} s to the first word)")
    for reference in answer.references:
        page = f", p. {reference['page']}" if reference.get("page") else ""
        print(f"    [{reference['index']}] {reference['source']}{page}: “{reference['quote']}”")


def _uploaded(api: Api, path: Path, store: str) -> str:
    print(f"  uploading {path.name} · 올리는 중 …", flush=True)
    file_id: str = api.upload("/v1/files", path.name, path.read_bytes(), {"purpose": "assistants", "acl": '["public"]'})["id"]
    api.call("POST", f"/v1/vector_stores/{store}/files", {"file_id": file_id})
    return file_id


def _wait(api: Api, store: str) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while (counts := api.call("GET", f"/v1/vector_stores/{store}")["file_counts"])["in_progress"]:
        if time.monotonic() > deadline:
            raise Refused(f"The documents were not read within {_WAIT_SECONDS:.0f} s: {counts}")
        time.sleep(0.3)
    if counts["failed"]:
        raise Refused(f"A document failed: {api.call('GET', f'/v1/vector_stores/{store}/files?filter=failed')['data']}")
    print(f"  {counts['completed']} documents are searchable · 검색할 수 있습니다", flush=True)


def fail(message: object) -> None:
    """End with the message."""
    print(f"\nFAILED: {message}", file=sys.stderr)
    raise SystemExit(1)
