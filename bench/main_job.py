"""The main job over HTTP: paragraphs uploaded as files, found by search, answered from by `reader`; one tenant, one system.

    python -m bench.main_job [--write] [--questions N]     (SQLite and the local models, as `make run` starts them)

Reported: KorQuAD 1.0 dev share and XQuAD English, all paragraphs of a set in one store, every question (or every n-th, so that N
of each set are asked). Constants of search and reader were chosen on other questions; `bench/corpora.py` and
`bench/reader_trials.py` write the splits down. Unanswerable: the CLAPNQ half without an answer against its own passages' store,
and KorQuAD questions asked of the store that holds only the other articles.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from bench.report import report
from bench.system import Client, running
from tests.data import data_folder

_BATCH = 500
_INGEST_SECONDS = 1200


@dataclass(frozen=True)
class Asked:
    """A question, its gold answers and the number of the paragraph that holds them (-1: none of the store)."""

    text: str
    answers: tuple[str, ...]
    paragraph: int


@dataclass(frozen=True)
class Paragraphs:
    """One set: its paragraphs in order and the questions about them."""

    name: str
    texts: tuple[str, ...]
    questions: tuple[Asked, ...]
    articles: tuple[int, ...]  # the number of each article's first paragraph


def main() -> None:
    """Print the table of figures."""
    sets = [one for one in (_squad("korquad1_dev", "korquad_dev_share.json"), _squad("xquad_en", "xquad.en.json")) if one]
    rows: list[tuple[object, ...]] = []
    with running() as client:
        for one in sets:
            store, seconds = index(client, one.name, one.texts)
            rows.append((f"{one.name}: documents indexed a second, upload to searchable", f"{len(one.texts) / seconds:.1f}", "-"))
            rows += retrieval(client, store, one)
            rows += answers(client, store, one)
        rows += unanswerable(client)
    report("main_job", ("figure", "reached", "at least"), rows)


def index(client: Client, name: str, texts: Sequence[str]) -> tuple[str, float]:
    """Upload the texts as files `p00000.txt` and wait until all are searchable; gives the store's id and the seconds."""
    started = time.perf_counter()
    store = client.call("POST", "/v1/vector_stores", {"name": name})["id"]
    with ThreadPoolExecutor(8) as pool:
        files = list(pool.map(lambda item: client.upload(f"p{item[0]:05}.txt", item[1].encode()), enumerate(texts)))
    for start in range(0, len(files), _BATCH):
        client.call("POST", f"/v1/vector_stores/{store}/file_batches", {"file_ids": files[start : start + _BATCH]})
    deadline = time.monotonic() + _INGEST_SECONDS
    while (counts := client.call("GET", f"/v1/vector_stores/{store}")["file_counts"])["in_progress"]:
        if time.monotonic() > deadline:
            raise RuntimeError(f"not indexed in time: {counts}")
        time.sleep(0.5)
    if counts["completed"] != len(texts):
        raise RuntimeError(f"not every document was indexed: {counts}")
    return store, time.perf_counter() - started


def retrieval(client: Client, store: str, one: Paragraphs) -> list[tuple[object, ...]]:
    """Hit at 1 and 5 over the search route."""

    def place(question: Asked) -> int:
        body = {"query": question.text, "max_num_results": 5}
        found = [hit["filename"] for hit in client.call("POST", f"/v1/vector_stores/{store}/search", body)["data"]]
        wanted = f"p{question.paragraph:05}.txt"
        return found.index(wanted) if wanted in found else 99

    ranks = _each(place, sample(one.questions))
    goals = {"korquad1_dev": (".88", ".98"), "xquad_en": (".93", ".985")}[one.name]
    return [
        (f"{one.name}: paragraph among the first {k}", _share(r < k for r in ranks), goal) for k, goal in zip((1, 5), goals, strict=True)
    ]


def answers(client: Client, store: str, one: Paragraphs) -> list[tuple[object, ...]]:
    """Gold answers inside a quote, quotes verbatim, and stored messages equal to the answers given."""
    agent = _agent(client, one.name, store)
    questions = sample(one.questions)
    given = _each(lambda question: _ask(client, agent, question.text), questions)
    right = _share(
        any(answer in reference["quote"] for answer in question.answers for reference in found["references"][:3])
        for question, found in zip(questions, given, strict=True)
    )
    references = [reference for found in given for reference in found["references"]]
    verbatim = _share(reference["content"][reference["start"] : reference["end"]] == reference["quote"] for reference in references)
    stored = _share(_stored(client, found) for found in islice(given, 50))
    return [
        (f"{one.name}: gold answer in a quote of at most 3 references", right, ".75"),
        (f"{one.name}: says something", _share(bool(found["references"]) for found in given), ".80"),
        (f"{one.name}: citations verbatim", verbatim, "1.00"),
        (f"{one.name}: session equals answer", stored, "1.00"),
    ]


def unanswerable(client: Client) -> list[tuple[object, ...]]:
    """How often the reader says that the documents hold no answer, beside how often it answers what they do hold."""
    rows: list[tuple[object, ...]] = []
    folder = data_folder("clapnq_dev")
    if folder:
        halves = {half: _clapnq(folder / f"clapnq_dev_{half}_share.jsonl") for half in ("answerable", "unanswerable")}
        texts = list(dict.fromkeys(text for questions in halves.values() for _, text in questions))
        store, _ = index(client, "clapnq", texts)
        agent = _agent(client, "clapnq", store)
        share = {half: _answered(client, agent, [question for question, _ in questions]) for half, questions in halves.items()}
        rows.append(("clapnq_dev: answerable questions answered", share["answerable"], ".80"))
        rows.append(("clapnq_dev: unanswerable ones declined", 1 - share["unanswerable"], ".60"))
    whole = _squad("korquad1_dev", "korquad_dev_share.json")
    if whole:
        half = whole.articles[len(whole.articles) // 2]
        store, _ = index(client, "korquad-half", whole.texts[:half])
        agent = _agent(client, "korquad-half", store)
        absent = [question.text for question in whole.questions if question.paragraph >= half]
        rows.append(("korquad1_dev, article not loaded: declined", 1 - _answered(client, agent, sample(absent)), ".60"))
    return rows


def sample[T](items: Sequence[T]) -> list[T]:
    """Every n-th, so that `--questions N` of each set are asked; all without it."""
    if "--questions" not in sys.argv:
        return list(items)
    wanted = int(sys.argv[sys.argv.index("--questions") + 1])
    return list(items[:: max(1, len(items) // wanted)])


def _agent(client: Client, name: str, store: str) -> str:
    client.call("POST", "/v1/agents", {"name": name, "model": "reader", "vector_stores": [store]})
    return name


def _ask(client: Client, agent: str, question: str) -> dict[str, Any]:
    return dict(client.call("POST", f"/v1/agents/{agent}/chat", {"message": question}))


def _answered(client: Client, agent: str, questions: Sequence[str]) -> float:
    return _share(bool(found["references"]) for found in _each(lambda question: _ask(client, agent, question), questions))


def _stored(client: Client, found: dict[str, Any]) -> bool:
    messages = client.call("GET", f"/v1/sessions/{found['session_id']}/messages")["data"]
    return any(
        message["id"] == found["message_id"] and message["content"] == found["response"] and message["references"] == found["references"]
        for message in messages
    )


def _each[T, R](work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, items))


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return sum(counted) / max(1, len(counted))


def _squad(name: str, file: str) -> Paragraphs | None:
    folder = data_folder(name)
    if folder is None:
        return None
    texts: list[str] = []
    questions: list[Asked] = []
    articles: list[int] = []
    for article in json.loads((folder / file).read_text())["data"]:
        articles.append(len(texts))
        for paragraph in article["paragraphs"]:
            questions += [Asked(one["question"], tuple(a["text"] for a in one["answers"]), len(texts)) for one in paragraph["qas"]]
            texts.append(paragraph["context"])
    return Paragraphs(name, tuple(texts), tuple(questions), tuple(articles))


def _clapnq(file: Path) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [(line["input"], line["passages"][0]["text"]) for line in lines]


if __name__ == "__main__":
    main()
