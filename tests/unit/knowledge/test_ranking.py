"""After the fusion: passages that repeat one another, neighbours that touch, models that rank, searches that are remembered."""

import asyncio
import json
from typing import Any

import pytest

from maru.errors import BadRequest, Forbidden, NotFound
from maru.knowledge.attaching import Wanted, attach_batch
from maru.knowledge.documents import add_file, change_rights, delete_file
from maru.knowledge.ranking import Ranking, distinct, joined
from maru.knowledge.search_cache import Recent
from maru.knowledge.stores.port import Chunk, Hit
from maru.models import failures
from tests.fakes.documents import DocumentSide, add, caller, new_store

ME = caller()
LETTER = "All staff may take leave after six months of service; requests are filed with the team lead at least two weeks ahead of time. "


def filled(side: DocumentSide, *texts: str, size: int = 1000) -> tuple[str, list[str]]:
    store = new_store(side, size=size)
    files = [add(side, text, f"{n}.md") for n, text in enumerate(texts)]
    attach_batch(side.library, ME, store, [Wanted(file["id"]) for file in files])
    side.work()
    return store["id"], [file["id"] for file in files]


async def found(side: DocumentSide, store: str, query: str, ranking: Ranking = Ranking(), k: int = 10) -> list[str]:  # noqa: B008 - frozen
    hits = await side.retriever.search(ME, store_ids_or_names=[store], query=query, k=k, ranking=ranking)
    return [hit.file_id for hit in hits]


@pytest.mark.parametrize(
    ("first", "second", "repeats"),
    [
        (LETTER, LETTER, True),
        (LETTER, LETTER.upper() + "!", True),
        (LETTER, LETTER.replace("filed", "lodged"), True),
        (LETTER + "In 2023.", LETTER + "In 2024.", False),
        (LETTER, LETTER.replace("may take", "may not take"), False),
        (LETTER, LETTER + LETTER.replace("leave", "a bonus with the holidays and many more things besides"), False),
        (
            "연차 휴가는 근속 육 개월부터 쓸 수 있습니다. 신청서는 팀장에게 냅니다.",
            "연차 휴가는 근속 육 개월부터 쓸 수 없습니다. 신청서는 팀장에게 냅니다.",
            False,
        ),
        ("", "", False),
    ],
)
def test_a_text_repeats_another_unless_a_telling_word_differs(first: str, second: str, repeats: bool) -> None:
    assert distinct([first, second]) == ([0] if repeats else [0, 1])


async def test_copies_make_room_for_others(side: DocumentSide) -> None:
    store, ids = filled(side, LETTER, LETTER + "Thanks", LETTER + "Since 1999.", "Leave.")
    assert len(set(await found(side, store, "leave of staff after months", k=4))) == 3
    assert set(await found(side, store, "leave of staff after months", Ranking(distinct=False), k=4)) == set(ids)


def hit(start: int, text: str, *, score: float, file: str = "f", version: int = 1, index: int = 0) -> Hit:
    chunk = Chunk(
        vector_store_id="vs",
        file_id=file,
        version=version,
        chunk_index=index,
        total_chunks=9,
        text=text,
        tenant="t",
        acl=("public",),
        file_start=start,
        file_end=start + len(text),
    )
    return Hit(chunk, score)


def test_neighbours_are_joined_through_overlaps_and_blank_gaps() -> None:
    text = "alpha beta\n\ngamma delta epsilon. no more of it"

    def between(file_id: str, version: int, start: int, end: int) -> str | None:
        return text[start:end] if (file_id, version) == ("f", 1) else None

    left, middle, right = hit(0, text[:10], score=0.9), hit(12, text[12:23], score=0.5), hit(18, text[18:32], score=0.7)
    apart, foreign, older = hit(40, text[40:], score=0.6), hit(10, "xx", score=0.4, file="g"), hit(10, "\n\n", score=0.3, version=2)
    whole = joined([left, right, apart, middle, foreign, older], between)
    assert [(one.chunk.file_start, one.chunk.text, one.score) for one in whole] == [
        (0, text[:32], 0.9),
        (40, text[40:], 0.6),
        (10, "xx", 0.4),
        (10, "\n\n", 0.3),
    ]
    assert [one.chunk.file_start for one in joined([left, middle], lambda *_: None)] == [0, 12]
    assert len(joined([hit(0, "a" * 3000, score=1), hit(3000, "b" * 3000, score=0.9)], between)) == 2


async def test_a_joined_passage_is_its_place_in_the_rendering(side: DocumentSide) -> None:
    body = "\n\n".join(f"# Part {n}\n\nApples of kind {n} ripen in month {n} and are red." for n in range(6))
    store, (file_id,) = filled(side, body, size=60)
    hits = await side.retriever.search(ME, store_ids_or_names=[store], query="apples red", k=3, ranking=Ranking(joined=True))
    text = side.library.renderings.get("acme", file_id, 1).text
    assert any(len(one.text) > 60 for one in hits)
    assert all(text[one.file_start : one.file_end] == one.text for one in hits)


async def test_a_reranking_model_orders_what_was_found(side: DocumentSide) -> None:
    store, ids = filled(side, LETTER + "Staff leave, 1.", "Staff leave, 2, of those who work.", "Staff leave.")
    assert await found(side, store, "staff leave", Ranking(rerank="ranks")) == ids[::-1]
    hits = await side.retriever.search(
        ME, store_ids_or_names=[store], query="staff leave", k=2, cutoff=0.4, ranking=Ranking(rerank="ranks")
    )
    assert [(one.score, one.rerank_score) for one in hits] == [(1.0, 1.0), (0.5, 0.5)]
    assert all(one.vector_score is not None for one in hits)


async def test_a_reranking_model_that_is_late_or_down_leaves_the_order(side: DocumentSide) -> None:
    store, _ = filled(side, LETTER + "Staff leave, 1.", "Staff leave, 2, of those who work.", "Staff leave.")
    plain = await found(side, store, "staff leave")
    side.embedder.pause = 600
    assert await asyncio.wait_for(found(side, store, "staff leave", Ranking(rerank="ranks", rerank_seconds=0.05)), 60) == plain
    side.embedder.pause, side.embedder.down = 0, True
    assert await found(side, store, "staff leave", Ranking(rerank="ranks")) == plain
    failures = [json.loads(line) for line in side.lines.getvalue().splitlines() if "rerank_failures" in line]
    assert len(failures) == 2
    with pytest.raises(NotFound):
        await found(side, store, "staff leave", Ranking(rerank="nobody"))
    with pytest.raises(BadRequest, match="not for rerank"):
        await found(side, store, "staff leave", Ranking(rerank="default"))


async def test_a_reranking_model_that_must_not_see_the_passages_leaves_the_order(
    side: DocumentSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, ids = filled(side, LETTER + "Staff leave, 1.", "Staff leave, 2, of those who work.", "Staff leave.")
    plain, seen = await found(side, store, "staff leave"), []

    async def refused(alias: str, query: str, texts: list[str], **how: Any) -> Any:
        seen.append(how)
        raise Forbidden("Private targets only.", code="private_model_required")

    monkeypatch.setattr(side.embedder, "rerank", refused)
    row = side.library.files.row(ids[0])
    assert row
    side.library.files.change(row, {"data_class": "customer"})
    assert await found(side, store, "staff leave", Ranking(rerank="ranks")) == plain
    assert seen[0]["classes"] == {"internal", "customer"}
    assert "private_model_required" in side.lines.getvalue()


async def test_a_request_that_the_reranking_server_finds_wrong_is_not_the_callers(
    side: DocumentSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = filled(side, LETTER + "Staff leave, 1.", "Staff leave, 2, of those who work.", "Staff leave.")
    plain = await found(side, store, "staff leave")

    async def refused(alias: str, *_: object, **__: object) -> Any:
        raise failures.refused(alias, 422, {}, b'{"message": "documents: too many", "param": "documents"}')

    monkeypatch.setattr(side.embedder, "rerank", refused)
    assert await found(side, store, "staff leave", Ranking(rerank="ranks")) == plain
    assert '"rerank_failures":1' in side.lines.getvalue().replace(" ", "")


async def test_a_search_says_who_may_see_its_query(side: DocumentSide) -> None:
    store, _ = filled(side, "Staff leave.")
    for private in (False, True):
        await side.retriever.search(ME, store_ids_or_names=[store], query=f"leave {private}", k=1, private=private)
    assert side.embedder.private[-2:] == [None, ("the caller's word",)], "None: the client itself looks"


async def test_the_same_question_asks_neither_model_nor_engine_again(side: DocumentSide) -> None:
    store, (file_id,) = filled(side, "Apples grow here.")
    asked: list[str] = []
    search = side.index.search_hybrid
    side.index.search_hybrid = lambda *given, **named: asked.append("") or search(*given, **named)  # type: ignore[method-assign, func-returns-value]
    calls = side.embedder.calls
    for _ in range(3):
        assert await found(side, store, "apples") == [file_id]
    assert (len(asked), side.embedder.calls) == (1, calls + 1)
    # Another caller's rights are another question; a store that changed gives another answer.
    await side.retriever.search(caller("lee", "hr"), store_ids_or_names=[store], query="apples", k=10)
    assert len(asked) == 2
    later = add_file(
        side.library,
        ME,
        filename="b.md",
        purpose="assistants",
        body=b"Apples, many apples.",
        media_type="text/markdown",
        rights={"acl": ["public"], "data_class": "internal", "attributes": {}},
    )
    attach_batch(side.library, ME, side.library.stores.get("acme", store), [Wanted(later["id"])])
    side.work()
    assert set(await found(side, store, "apples")) == {file_id, later["id"]}
    change_rights(side.library, caller("root", role="admin"), file_id, acl=["group:hr"])
    assert await found(side, store, "apples") == [later["id"]]
    change_rights(side.library, caller("root", role="admin"), file_id, acl=["public"])
    assert set(await found(side, store, "apples")) == {file_id, later["id"]}
    delete_file(side.library, side.library.files.seen(ME, file_id))
    assert await found(side, store, "apples") == [later["id"]]


def test_what_is_remembered_ends() -> None:
    now = 0.0
    recent: Recent[int] = Recent(size=2, seconds=10, clock=lambda: now)
    for number in range(3):
        recent.put(number, number)
    assert [recent.get(number) for number in range(3)] == [None, 1, 2]
    now = 11
    assert recent.get(2) is None


async def test_scores_go_into_the_metrics_as_a_distribution(side: DocumentSide) -> None:
    store, _ = filled(side, "Apples grow here.", "Pears and machines.")
    await found(side, store, "apples")
    line = next(json.loads(one) for one in side.lines.getvalue().splitlines() if "similarity_score" in one)
    assert len(line["similarity_score"]) == len(line["result_score"]) == 2
    units = {metric["Name"]: metric["Unit"] for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert units == {"similarity_score": "None", "result_score": "None", "searches": "Count", "searches_without_result": "Count"}
    assert "apples" not in json.dumps(line).lower()
