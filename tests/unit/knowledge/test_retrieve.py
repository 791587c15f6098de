"""Search lets nothing out that the tables do not allow at that moment, and does not starve on what they refuse."""

from collections.abc import Sequence

import pytest

from maru.dynamo import Item
from maru.errors import BadRequest, NotFound, Unavailable
from maru.knowledge.attaching import Wanted, attach, attach_batch, set_attributes
from maru.knowledge.documents import change_rights, delete_file
from maru.knowledge.stores.filters import parse_filter
from tests.fakes.documents import DocumentSide, add, caller, counts, new_store

ME = caller()


def fill(side: DocumentSide, store: Item, *texts: str, acl: tuple[str, ...] = ("public",)) -> list[str]:
    files = [add(side, text, f"{n}.md", acl=acl) for n, text in enumerate(texts)]
    attach_batch(side.library, caller("minji", "hr"), store, [Wanted(file["id"]) for file in files])
    side.work()
    return [file["id"] for file in files]


async def test_a_passage_is_its_place_in_the_rendering(side: DocumentSide) -> None:
    store = new_store(side, size=80)
    (file_id,) = fill(
        side, store, "# 과일\n\n사과는 9월에 익는다. 배는 10월에 익는다.\n\n# Vegetables\n\nBeans ripen in summer, peas before."
    )
    hits = await side.retriever.search(ME, store_ids_or_names=["store"], query="사과는 언제 익는가", k=3)
    text = side.library.renderings.get("acme", file_id, 1).text
    assert hits[0].heading == "과일"
    for hit in hits:
        assert text[hit.file_start : hit.file_end] == hit.text
        assert (hit.file_id, hit.version, hit.source, hit.page, hit.pages) == (file_id, 1, "0.md", None, ())
        assert hit.chunk_id.startswith(f"{file_id}_chunk_")


async def test_the_table_decides_over_the_index(side: DocumentSide) -> None:
    store = new_store(side)
    open_, secret = fill(side, store, "Apples for everybody."), fill(side, store, "Apples for HR.", acl=("group:hr",))
    # An index that lags behind the table, in every way it can.
    side.index.set_acl("acme", store["id"], secret[0], ["public"])
    hits = await side.retriever.search(ME, store_ids_or_names=[store["id"]], query="apples", k=5)
    assert [hit.file_id for hit in hits] == open_
    file = side.library.files.seen(ME, open_[0])
    side.library.files.bury(file)
    assert await side.retriever.search(ME, store_ids_or_names=[store["id"]], query="apples", k=5) == []


async def test_refused_hits_do_not_starve_the_answer(side: DocumentSide) -> None:
    store = new_store(side)
    secret = fill(side, store, *(f"Apples apples apples {n}." for n in range(60)), acl=("group:hr",))
    wanted = fill(side, store, "One apple of many apples, and a lot of other words around it.")
    for file_id in secret:
        side.index.set_acl("acme", store["id"], file_id, ["public"])
    hits = await side.retriever.search(ME, store_ids_or_names=[store["id"]], query="apples", k=3)
    assert [hit.file_id for hit in hits] == wanted


async def test_the_next_query_obeys_a_change_of_rights(side: DocumentSide) -> None:
    store = new_store(side)
    (file_id,) = fill(side, store, "Apples.", acl=("group:hr",))
    hr, other = caller("kim", "hr"), caller("lee", "sales")

    async def sees(who: object) -> bool:
        return bool(await side.retriever.search(who, store_ids_or_names=[store["id"]], query="apples", k=1))  # type: ignore[arg-type]

    assert (await sees(hr), await sees(other)) == (True, False)
    change_rights(side.library, hr, file_id, acl=["group:sales"])
    assert (await sees(hr), await sees(other)) == (False, True)
    with pytest.raises(NotFound):
        change_rights(side.library, hr, file_id, acl=["group:hr"])
    change_rights(side.library, caller("root", role="admin"), file_id, acl=["public"], data_class="restricted")
    assert (await sees(hr), await sees(other)) == (True, True)
    assert side.library.files.seen(hr, file_id)["data_class"] == "restricted"


async def test_rights_that_change_while_a_document_is_indexed_hold(side: DocumentSide) -> None:
    store, file = new_store(side), add(side, "Apples.", acl=("group:hr",))
    attach(side.library, caller("kim", "hr"), store, Wanted(file["id"]))
    changing = True
    embed = side.pipeline.writer.embed

    def meanwhile(alias: str, texts: Sequence[str], of: Item) -> Sequence[Sequence[float]]:
        nonlocal changing
        if changing:
            changing = False
            change_rights(side.library, caller("kim", "hr"), file["id"], acl=["group:sales"])
        return embed(alias, texts, of)

    side.pipeline.writer.embed = meanwhile
    side.work()
    assert counts(side, store) == {"completed": 1, "total": 1}
    assert await side.retriever.search(caller("kim", "hr"), store_ids_or_names=[store["id"]], query="apples", k=1) == []
    assert await side.retriever.search(caller("lee", "sales"), store_ids_or_names=[store["id"]], query="apples", k=1)


async def test_tenants_share_nothing(side: DocumentSide) -> None:
    store = new_store(side)
    fill(side, store, "Apples.")
    stranger = caller(tenant="other")
    with pytest.raises(NotFound):
        await side.retriever.search(stranger, store_ids_or_names=[store["id"]], query="apples", k=1)
    with pytest.raises(NotFound):
        await side.retriever.search(stranger, store_ids_or_names=["store"], query="apples", k=1)


async def test_several_stores_give_each_text_once(side: DocumentSide) -> None:
    stores = [new_store(side, name) for name in ("a", "b")]
    file = add(side, "Apples.")
    for store in stores:
        attach(side.library, ME, store, Wanted(file["id"]))
    side.work()
    hits = await side.retriever.search(ME, store_ids_or_names=["a", stores[1]["id"], "a"], query="apples", k=5)
    assert len(hits) == 1
    delete_file(side.library, side.library.files.seen(ME, file["id"]))
    assert await side.retriever.search(ME, store_ids_or_names=["a", "b"], query="apples", k=5) == []


async def test_filters_follow_the_attributes_at_once(side: DocumentSide) -> None:
    store = new_store(side)
    (file_id,) = fill(side, store, "Apples.")
    set_attributes(side.library, ME, store, file_id, {"year": 2024})
    old = parse_filter({"type": "eq", "key": "year", "value": 2023})
    new = parse_filter({"type": "eq", "key": "year", "value": 2024})
    assert await side.retriever.search(ME, store_ids_or_names=["store"], query="apples", k=1, filters=old) == []
    side.work()
    (hit,) = await side.retriever.search(ME, store_ids_or_names=["store"], query="apples", k=1, filters=new)
    assert hit.attributes == {"year": 2024}


async def test_a_cutoff_leaves_out_what_is_below(side: DocumentSide) -> None:
    store = new_store(side)
    fill(side, store, "Apples.", "Machines of steel and concrete.")
    every = await side.retriever.search(ME, store_ids_or_names=["store"], query="apples", k=5)
    some = await side.retriever.search(ME, store_ids_or_names=["store"], query="apples", k=5, cutoff=every[0].score)
    assert [hit.score for hit in some] == [every[0].score]


async def test_an_expired_store_is_said_to_be_so(side: DocumentSide) -> None:
    store = new_store(side)
    (file_id,) = fill(side, store, "Apples.")
    side.library.stores.update(store, {"expires_after": {"anchor": "last_active_at", "days": 1}})
    side.library.stores._table.set({"id": store["id"]}, {"expires_at": 1})
    with pytest.raises(BadRequest, match="expired"):
        await side.retriever.search(ME, store_ids_or_names=["store"], query="apples", k=1)
    side.deliver([{"task": "sweep"}])
    assert side.index.chunks("acme", store["id"], file_id, 1) == []
    with pytest.raises(BadRequest, match="expired"):
        attach(side.library, ME, side.library.stores.get("acme", "store"), Wanted(file_id))


async def test_a_model_that_is_down_is_an_error_not_an_empty_answer(side: DocumentSide) -> None:
    new_store(side)
    side.embedder.down = True
    with pytest.raises(Unavailable):
        await side.retriever.search(ME, store_ids_or_names=["store"], query="apples", k=1)


def test_visible_versions(side: DocumentSide) -> None:
    store = new_store(side)
    mine, secret = fill(side, store, "Apples."), fill(side, store, "Pears.", acl=("group:hr",))
    asked = {(mine[0], 1), (mine[0], 2), (secret[0], 1), ("file-unknown", 1)}
    assert side.retriever.visible(ME, asked) == {(mine[0], 1)}
    assert side.retriever.visible(caller(tenant="other"), asked) == set()
