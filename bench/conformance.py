"""How much of OpenAI's API Maru has: every property of its schemas, asked for and looked for in what was really answered.

    python -m bench.conformance [--write] [--lacking]

The measure is OpenAI's OpenAPI document 2.3.0 (:mod:`bench.openai_schema`), the formula stands in :mod:`bench.conformance_walk`. The chat
functions stand before a model server that takes and gives everything, so that what is lost is lost by Maru. OGX scored its own
implementation by a formula of its own (98.7, 78.6, 93 and 83).
"""

import sys
from collections.abc import Callable

from bench.conformance_documents import documents
from bench.conformance_models import chat, embeddings, models, moderations
from bench.conformance_system import System, system
from bench.conformance_walk import Walk
from bench.openai_schema import ABSENT
from bench.report import report

WALKS: dict[str, tuple[Callable[[System], Walk], float]] = {
    "chat": (chat, 97),
    "embeddings": (embeddings, 100),
    "models": (models, 100),
    "files + vector stores": (documents, 95),
    "moderations": (moderations, 0),
}


def walked() -> dict[str, Walk]:
    """Every group, walked."""
    with system() as running:
        return {group: walk(running) for group, (walk, _) in WALKS.items()}


def main() -> None:
    """Print the table, and with ``--lacking`` what does not count whole."""
    rows: list[tuple[object, ...]] = []
    for group, walk in walked().items():
        least = WALKS[group][1]
        worths = [worth for _, _, worth in walk.results()]
        counts = (len(worths), worths.count(0.5), worths.count(0.0), len(set(walk.wrong)))
        rows.append((group, *counts, f"{walk.score:.1f}", f"{least:g}" if least else "–"))
        if "--lacking" in sys.argv:
            print("\n".join([*walk.lacking(), *(f"INVALID {one}" for one in sorted(set(walk.wrong)))]))
    head = ("group", "properties", "refused by name", "lacking", "answers that break the schema", "score", "at least")
    report("conformance", head, rows)
    for name, reason in ABSENT.items():
        print(f"not there: {name}: {reason}")


if __name__ == "__main__":
    main()
