"""The public sets of injection and how they are split; ``notinject`` is for measuring alone.

- ``deepset_prompt_injections``: near-duplicates (half of their words shared) stay together; groups go to the half that the
  SHA-256 of their first text says (even: train, odd: test).
- ``bipia``: of the attacks of a class the first three are train, the others test; e-mails and tables by index, even train, odd test
  (tables: the first 120). An attack is put before, after and between the lines of a document.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import parquet
from tests.data import data_folder


@dataclass(frozen=True)
class Half:
    """Train or test: prompts with their label, attacks, and documents by kind."""

    prompts: tuple[tuple[str, bool], ...]
    attacks: tuple[str, ...]
    documents: dict[str, tuple[str, ...]]

    def attacked(self, kind: str) -> list[str]:
        """Each attack in documents of a kind, its place changing in turn."""
        found = []
        for number, attack in enumerate(self.attacks):
            for turn in range(6):
                document = self.documents[kind][(number * 6 + turn) % len(self.documents[kind])]
                found.append(_put(document, attack, ("start", "middle", "end")[turn % 3]))
        return found


def halves() -> tuple[Half, Half] | None:
    """Train and test; None where a set is absent."""
    deepset, bipia = data_folder("deepset_prompt_injections"), data_folder("bipia")
    if deepset is None or bipia is None:
        return None
    attacks: dict[str, list[str]] = json.loads((bipia / "benchmark/text_attack_train.json").read_text())
    contexts = {kind: _contexts(bipia / f"benchmark/{kind}/train.jsonl") for kind in ("email", "table")}
    prompts = _grouped(parquet.read(next((deepset / "data/raw").glob("train-*.parquet"))))
    return tuple(  # type: ignore[return-value]
        Half(
            tuple(prompts[half]),
            tuple(text for texts in attacks.values() for text in (texts[:3] if half == 0 else texts[3:])),
            {kind: tuple(texts[half:120:2]) for kind, texts in contexts.items()},
        )
        for half in (0, 1)
    )


def notinject() -> list[str] | None:
    """Harmless prompts full of trigger words."""
    folder = data_folder("notinject")
    return [one["prompt"] for one in json.loads((folder / "datasets/NotInject_one.json").read_text())] if folder else None


def _contexts(path: Path) -> list[str]:
    return [json.loads(line)["context"] for line in path.read_text().splitlines()]


def _put(document: str, attack: str, where: str) -> str:
    if where == "start":
        return f"{attack}\n{document}"
    if where == "end":
        return f"{document}\n{attack}"
    cut = document.find("\n", len(document) // 2)
    cut = document.find(" ", len(document) // 2) if cut < 0 else cut
    return f"{document[:cut]}\n{attack}\n{document[cut:]}"


def _grouped(rows: list[dict[str, Any]]) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    words = [frozenset(row["text"].lower().split()) for row in rows]
    first = list(range(len(rows)))
    for late in range(len(rows)):
        for early in range(late):
            if len(words[late] & words[early]) >= 0.5 * max(1, min(len(words[late]), len(words[early]))) and len(words[late]) > 3:
                first[late] = first[early]
                break
    split: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for number, row in enumerate(rows):
        digest = hashlib.sha256(rows[first[number]]["text"].encode()).digest()
        split[digest[0] % 2].append((row["text"], bool(row["label"])))
    return split
