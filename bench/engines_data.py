"""What the engines' benches index and ask: windows of the public passages with vectors drawn around centres."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench import corpora
from local.models.embedding import Vectors
from maru.knowledge.stores.port import Chunk

DIMENSIONS = 384
WINDOW = 300
#: Questions that are measured; as many others warm the engine up.
QUESTIONS = 200
_CENTRES = 1000


@dataclass(frozen=True)
class Data:
    """Chunks with their vectors, and questions with theirs."""

    texts: Sequence[str]
    vectors: Vectors
    questions: Sequence[str]
    asked: Vectors

    def chunks(self, count: int) -> Iterator[Chunk]:
        """The first ``count`` chunks, forty a file."""
        attributes = [{"bucket": float(bucket)} for bucket in range(100)]
        for number in range(count):
            yield Chunk(
                vector_store_id="vs_bench",
                file_id=f"file-{number // 40}",
                version=1,
                chunk_index=number % 40,
                total_chunks=40,
                text=self.texts[number],
                tenant="bench",
                acl=("public",),
                vector=self.vectors[number].tolist(),
                attributes=attributes[number // 40 % 100],
                source="bench.txt",
            )

    def nearest(self, count: int, question: int) -> set[str]:
        """Keys of the ten nearest of those that pass the hundredth, exactly."""
        passing = np.flatnonzero(np.arange(count) // 40 % 100 == 7)
        order = np.argsort(-(self.vectors[passing] @ self.asked[question]))[:10]
        return {f"file-{number // 40}/{number % 40}" for number in passing[order].tolist()}


def data(count: int) -> Data:
    """Texts of the public sets cut anew, and vectors around centres."""
    drawn = np.random.default_rng(7)
    passages = [text for corpus in (corpora.korquad(), corpora.xquad(), corpora.covid()) if corpus for text in corpus.passages]
    long = "\n".join(passages)
    starts = drawn.integers(0, len(long) - WINDOW, count)
    centres = drawn.normal(size=(_CENTRES, DIMENSIONS))
    vectors = _around(drawn, centres, count)
    places = drawn.integers(0, len(long) - 60, 2 * QUESTIONS)
    return Data(
        [long[start : start + WINDOW] for start in starts.tolist()],
        vectors,
        [long[place : place + 40] for place in places.tolist()],
        _around(drawn, centres, 2 * QUESTIONS),
    )


def _around(drawn: np.random.Generator, centres: Any, count: int) -> Vectors:
    rows = centres[drawn.integers(0, len(centres), count)] + drawn.normal(scale=0.7, size=(count, DIMENSIONS))
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit
