"""What only the embedded store must do: live in a file that several processes share, and leave nothing behind."""

import subprocess
import sys
import threading
from pathlib import Path

import apsw
import pytest

from maru.errors import BadRequest, Unavailable
from maru.knowledge.stores.port import Chunk, SearchScope
from maru.knowledge.stores.sqlite import BATCH, SqliteVectorStore
from maru.knowledge.stores.tokens import mix_tokens
from tests.contract.articles import OTHERS, TEXTS

EVERYBODY = SearchScope("acme", ("public",), ("vs_1",))


def row(file_id: str, index: int = 0, *, text: str = "plain words", kind: str = "a") -> Chunk:
    return Chunk(
        vector_store_id="vs_1",
        file_id=file_id,
        version=1,
        chunk_index=index,
        total_chunks=1,
        text=text,
        tenant="acme",
        acl=("public",),
        vector=(1.0, 0.5),
        attributes={"kind": kind},
    )


def path_of(store: SqliteVectorStore) -> Path:
    return store._path


def test_rows_are_there_after_reopening(sqlite_store: SqliteVectorStore) -> None:
    sqlite_store.ensure_index(2)
    sqlite_store.upsert([row("file-1", text="서버 재시작")])
    sqlite_store.close()
    again = SqliteVectorStore(path_of(sqlite_store))
    assert again.search_text(EVERYBODY, "재시작", 5)[0].chunk.file_id == "file-1"
    assert again.search_vector(EVERYBODY, (1, 0.5), 5)[0].score == pytest.approx(1)
    again.close()


def test_processes_see_each_other_at_once_and_write_together(sqlite_store: SqliteVectorStore) -> None:
    sqlite_store.ensure_index(2)
    sqlite_store.upsert([row("mine")])
    program = f"""
import sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from tests.contract.test_vector_store_sqlite import EVERYBODY, row
from maru.knowledge.stores.sqlite import SqliteVectorStore
store = SqliteVectorStore(Path({str(path_of(sqlite_store))!r}))
assert len(store.search_vector(EVERYBODY, (1, 0.5), 5)) == 1
print("ready", flush=True)
for number in range(60):
    store.upsert([row(f"theirs-{{number}}")])
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        for number in range(60):
            sqlite_store.upsert([row(f"ours-{number}")])
            sqlite_store.search_hybrid(EVERYBODY, "words", (1, 0.5), 5)
        problems = other.communicate(timeout=60)[1]
    assert other.returncode == 0, problems
    assert len(sqlite_store.search_vector(EVERYBODY, (1, 0.5), 1000)) == 121
    sqlite_store.set_acl("acme", "vs_1", "theirs-0", [])
    assert len(sqlite_store.search_text(EVERYBODY, "words", 1000)) == 120


def test_a_killed_writer_leaves_whole_batches(tmp_path: Path) -> None:
    path = tmp_path / "vectors.db"
    program = f"""
import itertools, os, sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from tests.contract.test_vector_store_sqlite import row
from maru.knowledge.stores.sqlite import BATCH, SqliteVectorStore
store = SqliteVectorStore(Path({str(path)!r}))
def rows():
    yield from (row("f", number) for number in range(BATCH + 10))
    os.kill(os.getpid(), 9)
store.upsert(rows())
"""
    died = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)
    assert died.returncode == -9, died.stderr
    store = SqliteVectorStore(path)
    assert len(store.search_vector(EVERYBODY, (1, 0.5), 1000)) == BATCH
    store.upsert([row("after")])
    store.close()


def test_threads_share_one_store(sqlite_store: SqliteVectorStore) -> None:
    sqlite_store.ensure_index(2)
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(20):
                sqlite_store.upsert([row(f"{name}-{number}")])
                assert sqlite_store.search_text(EVERYBODY, "words", 5)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(sqlite_store.search_vector(EVERYBODY, (1, 0.5), 1000)) == 120


def test_a_store_that_stays_busy_says_so(sqlite_store: SqliteVectorStore) -> None:
    sqlite_store.ensure_index(2)
    impatient = SqliteVectorStore(path_of(sqlite_store), busy_ms=20)
    holder = apsw.Connection(str(path_of(sqlite_store)))
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable) as refused:
        impatient.upsert([row("file-1")])
    assert refused.value.retry_after == 1
    assert impatient.search_vector(EVERYBODY, (1, 0.5), 5) == []
    holder.execute("ROLLBACK")
    impatient.upsert([row("file-1")])
    impatient.close()
    holder.close()


def test_nothing_of_a_removed_document_stays(sqlite_store: SqliteVectorStore) -> None:
    sqlite_store.ensure_index(2)
    sqlite_store.upsert([row("file-1", kind="personal"), row("file-1", 1, kind="personal"), row("file-2")])
    sqlite_store.upsert([row("file-1", kind="changed")])
    sqlite_store.set_acl("acme", "vs_1", "file-1", ["user:a"])
    sqlite_store.delete("acme", "vs_1", "file-1")
    sqlite_store.delete_store("acme", "vs_1")
    reader = apsw.Connection(str(path_of(sqlite_store)))
    for table in ("chunks", "profiles", "profile_terms", "vectors", "words"):
        assert reader.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)], table  # noqa: S608 - our own table names
    reader.close()


def test_a_refused_chunk_undoes_its_batch(sqlite_store: SqliteVectorStore) -> None:
    sqlite_store.ensure_index(2)
    with pytest.raises(BadRequest):
        sqlite_store.upsert(
            [row("good"), Chunk(**{name: getattr(row("bad"), name) for name in row("x").__dataclass_fields__} | {"tenant": ""})]
        )
    assert sqlite_store.search_vector(EVERYBODY, (1, 0.5), 5) == []


def test_a_file_of_another_schema_is_refused_not_misread(tmp_path: Path) -> None:
    path = tmp_path / "vectors.db"
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", 99)
    connection.close()
    with pytest.raises(RuntimeError, match="schema 99"):
        SqliteVectorStore(path).ensure_index(2)


def test_a_file_that_cannot_be_opened_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "vectors.db").write_text("this is no database, but long enough to be taken for one" * 40)
    assert not SqliteVectorStore(tmp_path / "vectors.db").ready()
    assert SqliteVectorStore(tmp_path / "new.db").ready()


def test_the_full_text_index_counts_the_words_that_queries_are_cut_into(sqlite_store: SqliteVectorStore) -> None:
    sqlite_store.ensure_index(2)
    texts = (
        "E-mail: a_b@c.d, 3.5% of X/Y\x00\tand (more)",
        "서버를 재시작하는 韓國 2024년, v1.2의 가",
        "हिन्दी ไทย ⚠️ 👨‍👩‍👧 naïve Straße ①②",
        "𠮷野家 ﾊﾟｿｺﾝ _가_나다라_",
    )
    sqlite_store.upsert([row(f"file-{number}", text=text) for number, text in enumerate(texts)])
    reader = apsw.Connection(str(path_of(sqlite_store)))
    reader.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, words, instance)")
    for number, text in enumerate(texts, 1):
        kept = [term for (term,) in reader.execute("SELECT term FROM terms WHERE doc = ? ORDER BY offset", (number,))]
        # The index strips English endings.
        assert [term[:2] for term in kept] == [token[:2] for token in mix_tokens(text)]
    reader.close()


def test_the_right_article_and_the_right_code_come_first(sqlite_store: SqliteVectorStore) -> None:
    sqlite_store.ensure_index(2)
    versions = {
        "2.1.0": "Version 2.1.0 of the scheduler is the one that no longer leaks memory while it waits.",
        "2.0.1": "Version 2.0.1 of the scheduler adds a dark mode and changes the order of its pages.",
    }
    sqlite_store.upsert(row(name, text=text) for name, text in (TEXTS | versions | OTHERS).items())
    asked = {"12조3항": "12-3", "제 12 조": "12-3", "err4012": "4012", "err-4012": "4012", "version 2.1.0": "2.1.0"}
    assert {query: sqlite_store.search_text(EVERYBODY, query, 3)[0].chunk.file_id for query in asked} == asked
