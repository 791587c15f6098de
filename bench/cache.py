"""The cache of answers: false hits on questions that nearly read the same, and 10,000 requests that must not share an answer.

    python -m bench.cache [--write]

English questions are those of xquad_en, compared with the vectors of the bundled model, Korean ones those of korquad1_dev; the bundled
model does not declare Korean, so that there every vector counts as alike and words alone decide: the worst embedding there can be. The
threshold and the rules of likeness were tuned on articles with even numbers (``--tuning`` shows those), the figures are of odd ones.
"""

import asyncio
import io
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.cache_pairs import Pair, pairs
from bench.report import ROOT, report
from maru.cache.entries import EntryStore
from maru.cache.likeness import alike
from maru.cache.question import Question
from maru.cache.responses import ResponseCache
from maru.cache.rules import Rules
from maru.cache.semantic import SemanticIndex
from maru.cache.wanted import Wanted
from maru.identity import Caller
from maru.knowledge.engines import Engines
from maru.knowledge.stores.sqlite import SqliteVectorStore
from maru.models import Alias, Catalogue, Usage
from maru.telemetry import Telemetry
from tests.data import data_folder

_PAIRS = 10_000
_MOST = 1500
_SETS = (("xquad_en", "xquad.en.json", False), ("korquad1_dev", "korquad_dev_share.json", True))


def main() -> None:
    """Print both tables."""
    rows: list[tuple[object, ...]] = []
    threshold = Rules.load("catalogue").semantic.threshold
    for name, file, korean in _SETS:
        folder = data_folder(name)
        if folder is None:
            continue
        made = pairs(folder / file, korean=korean, tuning="--tuning" in sys.argv, most=_MOST)
        near = [True] * len(made) if korean else [cosine >= threshold for cosine in _cosines(made)]
        hits = [pair for pair, close in zip(made, near, strict=True) if close and alike(pair.one, pair.other)]
        rows += _rows(name, made, hits)
        if "--show" in sys.argv:
            print("\n".join(f"{pair.kind}: {pair.one} | {pair.other}" for pair in hits if not pair.same))
    report("cache", ("questions", "second question", "pairs", "hits", "share"), rows)
    with tempfile.TemporaryDirectory() as temporary:
        asked, crossed, shared = asyncio.run(crossing(_PAIRS, Path(temporary)))
    crossings: list[tuple[object, ...]] = [(kind, asked[kind], crossed[kind]) for kind in asked]
    crossings += [("**all of these**", asked.total(), crossed.total()), ("nothing: the same request again", _PAIRS, shared)]
    report("cache_crossing", ("what the second request differs in", "pairs", "hits"), crossings)


def _rows(name: str, made: Sequence[Pair], hits: Sequence[Pair]) -> list[tuple[object, ...]]:
    every, found = Counter((pair.same, pair.kind) for pair in made), Counter((pair.same, pair.kind) for pair in hits)
    rows: list[tuple[object, ...]] = []
    for same in (False, True):
        kinds = [kind for one, kind in every if one is same]
        label = "paraphrase" if same else "near miss"
        rows += [
            (name, f"{label}: {kind}", every[same, kind], found[same, kind], _share(found[same, kind], every[same, kind])) for kind in kinds
        ]
        count, total = sum(found[same, kind] for kind in kinds), sum(every[same, kind] for kind in kinds)
        rows.append((name, f"**{label}, all**", total, count, _share(count, total)))
    return rows


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.2f} %"


def _cosines(made: Sequence[Pair]) -> list[float]:
    from local.models.embedding import load

    texts = list(dict.fromkeys(text for pair in made for text in (pair.one, pair.other)))
    vectors, _ = load(ROOT / ".cache", threads=2).embed(texts)
    place = {text: number for number, text in enumerate(texts)}
    return [float(vectors[place[pair.one]] @ vectors[place[pair.other]]) for pair in made]


async def crossing(count: int, folder: Path) -> tuple[Counter[str], Counter[str], int]:
    """Requests by what they differ in that must not be crossed, their hits, and those of as many that do not differ, each after its like
    was kept. Every text has the same vector, and every vector counts as alike: the scope alone keeps answers apart.
    """
    models = _OneVector()
    rules = Rules.model_validate({"exact": {"entries": 2 * count}, "semantic": {"threshold": 0.0}})
    entries = EntryStore(_Rows(), "cache", entries=2 * count, ttl_seconds=3600)
    semantic = SemanticIndex(rules.semantic, Engines.single(SqliteVectorStore(folder / "vectors.sqlite")), models, models)  # type: ignore[arg-type]  # as far as it asks
    cache = ResponseCache(rules, entries, semantic, Telemetry("bench", stream=io.StringIO()))
    chance, asked, crossed, shared = random.Random(11), Counter[str](dict.fromkeys(_DIFFERENCES, 0)), Counter[str](), 0
    for number in range(count):
        mine = _question(number, models.alias)
        completion = {"choices": [{"finish_reason": "stop", "message": {"content": "an answer"}}]}
        lookup = await cache.look(mine, Wanted("semantic"))
        await lookup.keep(completion, model="m", usage=Usage(1, 1), cost_usd=None)
        kind, theirs = _different(mine, chance)
        asked[kind] += 1
        crossed[kind] += (await cache.look(theirs, Wanted(chance.choice(["exact", "semantic"])))).found is not None
        shared += (await cache.look(mine, Wanted("exact"))).found is not None
    return asked, crossed, shared


def _question(number: int, alias: Alias) -> Question:
    caller = Caller("acme", "minji", ("hr", "seoul"), frozenset({"chat"}), "key")
    text = f"How many days of leave do I have in group {number % 50}?"
    return Question(
        caller, alias, {"number": number // 50}, text, agent="hr@1" if number % 2 else "", prompts="p1", passages=("a/1/0", "b/1/0")
    )


def _different(mine: Question, chance: random.Random) -> tuple[str, Question]:
    kind = chance.choice(list(_DIFFERENCES))
    changed = chance.choice(_DIFFERENCES[kind])(mine)
    # Half of them ask in other words, as far as words go.
    return kind, replace(changed, text=f"Please tell me: {mine.text}") if chance.random() < 0.5 else changed


def _of_groups(*groups: str) -> Callable[[Question], Question]:
    return lambda mine: replace(mine, caller=replace(mine.caller, groups=groups))


def _of_another_model(mine: Question) -> Question:
    target = mine.alias.targets[0].model_copy(update={"model": "other"})
    return replace(mine, alias=mine.alias.model_copy(update={"targets": (target,)}))


_DIFFERENCES: dict[str, tuple[Callable[[Question], Question], ...]] = {
    "the tenant": (
        lambda mine: replace(mine, caller=replace(mine.caller, tenant="other")),
        lambda mine: replace(mine, caller=replace(mine.caller, tenant="acme-2", groups=())),
    ),
    "the rights: a group less, one more, one that is named like two": (
        _of_groups("hr"),
        _of_groups("hr", "seoul", "board"),
        _of_groups("hr,seoul"),
    ),
    "the agent's version": (lambda mine: replace(mine, agent="hr@2"),),
    "the prompt's version": (lambda mine: replace(mine, prompts="p2"),),
    "the passages, or a version of theirs": (
        lambda mine: replace(mine, passages=("a/2/0", "b/1/0")),
        lambda mine: replace(mine, passages=("a/1/0",)),
    ),
    "the model behind the alias": (_of_another_model,),
    "the request's own fields": (lambda mine: replace(mine, body={**mine.body, "temperature": 1}),),
}


class _OneVector:
    """Models and their meter for a cache: every text has the same vector."""

    def __init__(self) -> None:
        target = {"model": "m", "base_url": "http://localhost"}
        entries: list[dict[str, Any]] = [
            {"alias": "default", "kind": "chat", "targets": [target]},
            {"alias": "embedding", "kind": "embeddings", "languages": ["en"], "targets": [target]},
        ]
        self.catalogue = Catalogue({"models": entries}, {})
        self.alias = self.catalogue.find("default", "chat")
        self.vectors = [[1.0, 0.0]]

    async def embed(self, *_: Any, **__: Any) -> "_OneVector":
        """Itself, which has the vector."""
        return self


class _Rows:
    """DynamoDB, as far as the cache asks."""

    def __init__(self) -> None:
        self._rows: dict[str, Any] = {}

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """One call."""
        row = request.get("Key") or request["Item"]
        key = f"{row['tenant']['S']}/{row['id']['S']}"
        if operation == "GetItem":
            return {"Item": dict(self._rows[key])} if key in self._rows else {}
        if operation == "UpdateItem":
            self._rows[key] = number = self._rows.get(key, 0) + 1
            return {"Attributes": {"writes": {"N": str(number)}}}
        if operation == "DeleteItem":
            self._rows.pop(key, None)
            return {}
        before = self._rows.get(key)
        self._rows[key] = request["Item"]
        return {"Attributes": before} if before else {}


if __name__ == "__main__":
    main()
