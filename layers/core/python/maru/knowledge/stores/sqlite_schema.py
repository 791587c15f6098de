"""The tables of the SQLite store and how a connection to them is opened."""

from pathlib import Path

import apsw
import sqlite_vec

#: Raised whenever a table changes its meaning; a file of another number is refused rather than misread.
VERSION = 1

#: Bytes of the file that may be mapped into memory.
MAPPED = 1 << 30

#: ACL and attributes are kept once per distinct pair (`profiles`), their terms indexed, so that a filter is worked out
#: over profiles and not over rows. Vectors stand apart so that reading them all does not drag the texts along.
_TABLES = """
CREATE TABLE IF NOT EXISTS profiles(
    id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, acl TEXT NOT NULL, attributes TEXT NOT NULL, UNIQUE(tenant, acl, attributes));
CREATE TABLE IF NOT EXISTS profile_terms(
    tenant TEXT NOT NULL, term TEXT NOT NULL, profile INTEGER NOT NULL REFERENCES profiles(id) ON DELETE CASCADE,
    PRIMARY KEY(tenant, term, profile)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS profile_terms_profile ON profile_terms(profile);
CREATE TABLE IF NOT EXISTS chunks(
    id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, store TEXT NOT NULL, file TEXT NOT NULL, version INTEGER NOT NULL,
    chunk_index INTEGER NOT NULL, total_chunks INTEGER NOT NULL, profile INTEGER NOT NULL REFERENCES profiles(id),
    text TEXT NOT NULL, page INTEGER, file_start INTEGER NOT NULL, file_end INTEGER NOT NULL,
    source TEXT NOT NULL, heading TEXT NOT NULL,
    UNIQUE(tenant, store, file, version, chunk_index));
CREATE INDEX IF NOT EXISTS chunks_profile ON chunks(tenant, store, profile);
CREATE INDEX IF NOT EXISTS chunks_of_profile ON chunks(profile);
CREATE TABLE IF NOT EXISTS vectors(id INTEGER PRIMARY KEY REFERENCES chunks(id) ON DELETE CASCADE, vector BLOB NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    tokens, content='', contentless_delete=1, tokenize="porter unicode61 remove_diacritics 0 categories 'L* N* Co M*'");
CREATE TRIGGER IF NOT EXISTS chunks_gone AFTER DELETE ON chunks BEGIN DELETE FROM words WHERE rowid = old.id; END;
"""


def connect(path: Path, *, busy_ms: int) -> apsw.Connection:
    """A connection with sqlite-vec loaded, in WAL mode, that waits ``busy_ms`` for another process's write."""
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(busy_ms)
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    connection.enable_load_extension(False)
    connection.execute("PRAGMA journal_mode = wal")
    # In WAL mode this survives the death of the process at any moment; only a power cut may take the last writes.
    connection.execute("PRAGMA synchronous = normal")
    connection.execute("PRAGMA foreign_keys = on")
    # Every vector search reads all allowed vectors: mapped pages are read without a copy and shared by all connections.
    connection.execute(f"PRAGMA mmap_size = {MAPPED}")
    return connection


def create(connection: apsw.Connection) -> None:
    """Create what is missing, in one transaction. Raises RuntimeError on a file that another version of this schema wrote."""
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    # Asked again under the lock: another process may have been quicker.
    if _version(connection) == 0:
        connection.execute(_TABLES)
        connection.pragma("user_version", VERSION)
    connection.execute("COMMIT")
    if _version(connection) != VERSION:
        raise RuntimeError(f"the vector store's file has schema {_version(connection)}, this program reads {VERSION}: rebuild it")


def _version(connection: apsw.Connection) -> int:
    return int(connection.pragma("user_version"))
