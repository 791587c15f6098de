"""Which documents a model's answer in a run was made of: those whose text its prompt holds, from the steps that found them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from maru.agents.reads import Answer, Reads
from maru.chains.runs import caller_of
from maru.chains.work import Outcome, Work
from maru.knowledge.rights import FileVersion

#: Characters that are enough to know a text by: a prompt may hold a part of a passage, or its JSON.
_TELLING = 40
_ESCAPES = re.compile(r"\\[nrtbf]")


class Known(NamedTuple):
    """Texts that a step found, the documents that they are of, and the chunks where it found chunks."""

    documents: Sequence[FileVersion]
    chunk_ids: Sequence[str]
    texts: Sequence[str]


class Held:
    """A prompt, asked for what it holds. A long text is known by any of its pieces. A short one must stand there whole, as words of its
    own behind which a Korean word may have a particle, and not within a long one: that brought it.
    """

    def __init__(self, prompt: Iterable[str]) -> None:
        self._prompt = _words(prompt)
        self._covered: list[tuple[int, int]] = []

    def among(self, known: Sequence[Known]) -> list[Known]:
        """Those of which it holds a text."""
        found = [[self._long(text) for text in one.texts] for one in known]
        return [one for one, long in zip(known, found, strict=True) if any(long) or any(map(self._short, one.texts))]

    def _long(self, text: str) -> bool:
        if len(text) < _TELLING:
            return False
        pieces = {text[start : start + _TELLING] for start in (*range(0, len(text) - _TELLING, _TELLING), len(text) - _TELLING)}
        found = [(at.start(), at.end()) for piece in pieces for at in re.finditer(re.escape(piece), self._prompt)]
        self._covered += found
        return bool(found)

    def _short(self, text: str) -> bool:
        if not text or len(text) >= _TELLING:
            return False
        whole = re.finditer(rf"(?<!\S){re.escape(text)}(?=[가-힣]*(?!\S))", self._prompt)
        return any(not self._within(at.start(), at.end()) for at in whole)

    def _within(self, start: int, end: int) -> bool:
        """Whether pieces of long texts, one behind the other, cover it."""
        for low, high in sorted(self._covered):
            if low <= start < high:
                start = high
        return start >= end


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
        held = Held(_texts(work.values.get(outcome.facts["rendered"])))
        chunks: dict[FileVersion, list[str]] = {}
        known: list[Known] = []
        for path, documents in found:
            row = work.steps.get(work.run_id, path) or {}
            known += _known(work.values.get(row["result"]) if "result" in row else None, documents)
        for one in held.among(known):
            for document in one.documents:
                chunks.setdefault(document, []).extend(id_ for id_ in one.chunk_ids if id_ not in chunks[document])
        made_by = {"chain": work.run["chain"], "run_id": work.run_id, "step": work.path}
        self._reads.note(Answer(answer_id(work.run_id, work.path), caller_of(work.run), made_by, int(work.started_at)), chunks, None)


def answer_id(run_id: str, path: str) -> str:
    """What names the answer of a step of a run: ``run_…:each[3].draft``; it stands in paths of URLs."""
    return f"{run_id}:{path.replace('/', '.')}"


def _known(result: Any, documents: Sequence[FileVersion]) -> Iterator[Known]:
    """The texts of a step's result: each passage where the step found some, else all of it as one."""
    passages = result.get("passages") if isinstance(result, Mapping) else None
    if isinstance(passages, list) and all(isinstance(one, Mapping) and "chunk_id" in one for one in passages):
        for one in passages:
            yield Known([(str(one["file_id"]), int(one["version"]))], [str(one["chunk_id"])], [_words([str(one["text"])])])
    else:
        yield Known(documents, [], [_words([text]) for text in _texts(result)])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _words(texts: Iterable[str]) -> str:
    """Letters and digits with one space between words: quoting, line breaks and JSON's escapes are no difference."""
    return " ".join("".join(char if char.isalnum() else " " for text in texts for char in _ESCAPES.sub(" ", text).casefold() + " ").split())
