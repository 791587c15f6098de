"""Which documents a model's answer in a run was made of: those whose text its prompt holds, from the steps that found them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from maru.agents.reads import Answer, Reads
from maru.chains.runs import caller_of
from maru.chains.work import Outcome, Work
from maru.knowledge.rights import FileVersion

#: Letters and digits that are enough to know a text by: a prompt may hold a part of a passage, or its JSON.
_TELLING = 40
_ESCAPES = re.compile(r"\\[nrtbf]")


class Evidence:
    """Notes what answers of runs read, as agents' answers do; blocks."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def note(self, work: Work, outcome: Outcome) -> None:
        """The step is done: if a model answered in it, note what it was given. An answer taken over from another run was given it too."""
        if "rendered" not in outcome.facts:
            return
        found = list(work.steps.finds(work.run_id))
        if not found:
            return
        prompt = _letters(_texts(work.values.get(outcome.facts["rendered"])))
        chunks: dict[FileVersion, list[str]] = {}
        for path, documents in found:
            row = work.steps.get(work.run_id, path) or {}
            result = work.values.get(row["result"]) if "result" in row else None
            for document, ids in _given(result, documents, prompt):
                chunks.setdefault(document, []).extend(one for one in ids if one not in chunks[document])
        made_by = {"chain": work.run["chain"], "run_id": work.run_id, "step": work.path}
        self._reads.note(Answer(answer_id(work.run_id, work.path), caller_of(work.run), made_by, int(work.started_at)), chunks, None)


def answer_id(run_id: str, path: str) -> str:
    """What names the answer of a step of a run: ``run_…:each[3].draft``; it stands in paths of URLs."""
    return f"{run_id}:{path.replace('/', '.')}"


def _given(result: Any, documents: Sequence[FileVersion], prompt: str) -> Iterator[tuple[FileVersion, list[str]]]:
    """The documents of a step's result that the prompt holds text of, with their chunks where the step found chunks."""
    passages = result.get("passages") if isinstance(result, Mapping) else None
    if isinstance(passages, list) and all(isinstance(one, Mapping) and "chunk_id" in one for one in passages):
        for one in passages:
            if _holds(prompt, [str(one["text"])]):
                yield (str(one["file_id"]), int(one["version"])), [str(one["chunk_id"])]
    elif _holds(prompt, _texts(result)):
        yield from ((document, []) for document in documents)


def _holds(prompt: str, texts: Iterable[str]) -> bool:
    for text in texts:
        letters = _letters([text])
        pieces = (letters[start : start + _TELLING] for start in range(0, max(1, len(letters) - _TELLING + 1), _TELLING))
        if letters and any(piece in prompt for piece in pieces):
            return True
    return False


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _letters(texts: Iterable[str]) -> str:
    """Letters and digits alone: quoting, line breaks and JSON's escapes are no difference."""
    return "".join(char for text in texts for char in _ESCAPES.sub(" ", text).casefold() if char.isalnum())
