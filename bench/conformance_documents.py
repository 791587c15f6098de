"""The walk of files, uploads and vector stores: each parameter by what it changes."""

import hashlib
from typing import Any

from bench.conformance_probe import build, found
from bench.conformance_system import System
from bench.conformance_walk import Walk
from bench.openai_schema import properties

_STORE = "/vector_stores"
_FILES = "/vector_stores/{vector_store_id}/files"
_BATCHES = "/vector_stores/{vector_store_id}/file_batches"
_LEAVE = "# Leave\n\nEmployees have fifteen days of leave in a year. Unused days are not carried over."


def documents(system: System) -> Walk:
    """Files, then uploads, then vector stores with what is in them."""
    walk = Walk("files + vector stores", lambda method, path, **request: system.knowledge.request(method, "/v1" + path, **request))
    files = _Files(system, walk)
    files.walk()
    _Uploads(system, walk).walk()
    stores = _Stores(system, walk, files)
    stores.walk()
    stores.members()
    stores.batches()
    stores.search()
    walk.call("DELETE /files/{file_id}", ids={"file_id": files.new("gone.md")})
    return walk


class _Files:
    def __init__(self, system: System, walk: Walk) -> None:
        self._system, self._walk, self._count = system, walk, 0

    def new(self, name: str, text: str = "") -> str:
        """A file's id; without a text of its own it is one of many that differ in a number, for equal texts are found once."""
        self._count += 1
        return str(self.made(name, text or f"{_LEAVE} This is rule {self._count}.")["id"])

    def made(self, name: str, text: str = _LEAVE, **fields: str) -> Any:
        """A file's object."""
        data = {"purpose": "assistants"} | fields
        answer = self._walk.call("POST /files", files={"file": (name, text.encode(), "text/markdown")}, data=data)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def walk(self) -> None:
        """The group's first five endpoints."""
        walk, create = self._walk, "POST /files"
        made = self.made("a.md", purpose="user_data")
        life = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "7200"}
        brief = self.made("b.md", **life)
        walk.effect(create, "file", holds=(made["filename"], made["bytes"]) == ("a.md", len(_LEAVE)))
        walk.effect(create, "purpose", holds=made["purpose"] == "user_data")
        ends = brief["expires_at"] == brief["created_at"] + 7200
        for path in ("expires_after", "expires_after.anchor", "expires_after.seconds"):
            walk.effect(create, path, holds=ends)
        self.new("c.md")
        listed, name = self._list, "GET /files"
        walk.effect(name, "?purpose", holds=[one["id"] for one in listed(purpose="user_data")] == [made["id"]])
        walk.effect(name, "?limit", holds=len(listed(limit=1)) == 1)
        walk.effect(name, "?order", holds=listed(order="asc") == listed(order="desc")[::-1])
        walk.effect(name, "?after", holds=listed(order="asc", after=made["id"])[0]["id"] == brief["id"])
        walk.call("GET /files/{file_id}", ids={"file_id": made["id"]})
        content = walk.call("GET /files/{file_id}/content", ids={"file_id": made["id"]})
        assert content.text == _LEAVE

    def _list(self, **query: Any) -> Any:
        return self._walk.call("GET /files", params=query).json()["data"]


class _Uploads:
    def __init__(self, system: System, walk: Walk) -> None:
        self._system, self._walk = system, walk

    def walk(self) -> None:
        """Uploads to their end, one with a wrong checksum, one that is given up."""
        walk, create = self._walk, "POST /uploads"
        body = {"filename": "big.txt", "purpose": "assistants", "bytes": len(_LEAVE), "mime_type": "text/plain"}
        body["expires_after"] = {"anchor": "created_at", "seconds": 7200}
        made = walk.call(create, json=body).json()
        for path in ("filename", "purpose", "bytes"):
            walk.effect(create, path, holds=made[path] == body[path])
        ids = {"upload_id": made["id"]}
        part = walk.call("POST /uploads/{upload_id}/parts", ids=ids, files={"data": ("p", _LEAVE.encode())}).json()
        complete = "POST /uploads/{upload_id}/complete"
        refused = walk.send("POST", complete.partition(" ")[2].replace("{upload_id}", made["id"]), json={"part_ids": ["part_x"]})
        digest = hashlib.md5(_LEAVE.encode(), usedforsecurity=False).hexdigest()
        done = walk.call(complete, ids=ids, json={"part_ids": [part["id"]], "md5": digest}).json()
        self._system.side.work()
        content = self._system.knowledge.get(f"/v1/files/{done['file']['id']}/content")
        walk.effect("POST /uploads/{upload_id}/parts", "data", holds=content.text == _LEAVE)
        walk.effect(complete, "part_ids", holds=refused.status_code == 400 and content.text == _LEAVE)
        walk.effect(create, "mime_type", holds=content.headers["content-type"].startswith("text/plain"))
        ends = done["file"]["expires_at"] == done["file"]["created_at"] + 7200
        for path in ("expires_after", "expires_after.anchor", "expires_after.seconds"):
            walk.effect(create, path, holds=ends)
        walk.effect(complete, "md5", holds=self._refuses_another_checksum(body))
        walk.call("POST /uploads/{upload_id}/cancel", ids={"upload_id": walk.call(create, json=body).json()["id"]})

    def _refuses_another_checksum(self, body: dict[str, Any]) -> bool:
        """Whether a file that is not the one that was meant is told to be broken."""
        walk = self._walk
        ids = {"upload_id": walk.call("POST /uploads", json=body).json()["id"]}
        part = walk.call("POST /uploads/{upload_id}/parts", ids=ids, files={"data": ("p", _LEAVE.encode())}).json()
        answer = walk.call("POST /uploads/{upload_id}/complete", ids=ids, json={"part_ids": [part["id"]], "md5": "0" * 32})
        if answer.status_code == 400:
            return True
        self._system.side.work()
        told = walk.call("GET /files/{file_id}", ids={"file_id": answer.json()["file"]["id"]}).json()
        return bool(told["status"] == "error" and "MD5" in told["status_details"])


class _Stores:
    def __init__(self, system: System, walk: Walk, files: _Files) -> None:
        self._system, self._walk, self._files = system, walk, files
        self._ids: dict[str, str] = {}

    def walk(self) -> None:
        """Stores themselves."""
        walk, create = self._walk, f"POST {_STORE}"
        schema = walk.endpoints[create].request
        assert schema
        for path in properties(schema):
            body = build(schema, path) | ({"file_ids": [self._files.new("s.md")]} if path.startswith(("file_ids", "chunking")) else {})
            answer = walk.call(create, json=body)
            walk.probe(create, path, answer, effect=self._shows(answer.json(), path, body))
        change = f"POST {_STORE}/{{vector_store_id}}"
        made = walk.call(create, json={"name": "first"}).json()
        self._ids = {"vector_store_id": made["id"]}
        change_schema = walk.endpoints[change].request
        assert change_schema
        for path in properties(change_schema):
            body = build(change_schema, path)
            answer = walk.call(change, ids=self._ids, json=body)
            walk.probe(change, path, answer, effect=found(answer.json(), path) == found(body, path))
        walk.call(f"GET {_STORE}/{{vector_store_id}}", ids=self._ids)
        self._lists(f"GET {_STORE}", {})
        walk.call(f"DELETE {_STORE}/{{vector_store_id}}", ids={"vector_store_id": walk.call(create, json={}).json()["id"]})

    def members(self) -> None:
        """Documents of a store."""
        walk, name = self._walk, f"POST {_FILES}"
        schema = walk.endpoints[name].request
        assert schema
        for path in properties(schema):
            body = build(schema, path) | {"file_id": self._files.new("m.md")}
            answer = walk.call(name, ids=self._ids, json=body)
            same = answer.status_code == 200 and answer.json()["id"] == body["file_id"]
            walk.probe(name, path, answer, effect=same if path == "file_id" else self._kept(answer.json(), path, body))
        self._system.side.work()
        broken = walk.call(name, ids=self._ids, json={"file_id": self._files.new("broken.pdf", "no pdf")}).json()["id"]
        self._system.side.work()
        self._lists(f"GET {_FILES}", self._ids)
        failed = walk.call(f"GET {_FILES}", ids=self._ids, params={"filter": "failed"}).json()["data"]
        walk.effect(f"GET {_FILES}", "?filter", holds=[one["id"] for one in failed] == [broken])
        ids = self._ids | {"file_id": broken}
        for method in ("GET", "POST"):
            body = {"json": {"attributes": {"topic": "new"}}} if method == "POST" else {}
            walk.call(f"{method} {_FILES}/{{file_id}}", ids=ids, **body)
        good = self._ids | {"file_id": walk.call(f"GET {_FILES}", ids=self._ids, params={"filter": "completed"}).json()["data"][0]["id"]}
        changed = walk.call(f"POST {_FILES}/{{file_id}}", ids=good, json={"attributes": {"topic": "new"}})
        walk.probe(f"POST {_FILES}/{{file_id}}", "attributes", changed, effect=changed.json()["attributes"] == {"topic": "new"})
        walk.call(f"GET {_FILES}/{{file_id}}/content", ids=good)
        walk.call(f"DELETE {_FILES}/{{file_id}}", ids=ids)

    def batches(self) -> None:
        """Batches, and what is in one."""
        walk, name = self._walk, f"POST {_BATCHES}"
        schema = walk.endpoints[name].request
        assert schema
        for path in properties(schema):
            file = self._files.new("batch.md")
            body = build(schema, path) if path != "file_ids" else {}
            body |= {"files": [body["files"][0] | {"file_id": file}]} if path.startswith("files") else {"file_ids": [file]}
            answer = walk.call(name, ids=self._ids, json=body)
            ids = self._ids | {"batch_id": answer.json()["id"]}
            listed = walk.call(f"GET {_BATCHES}/{{batch_id}}/files", ids=ids).json()["data"]
            same = [one["id"] for one in listed] == [file]
            inner = path.removeprefix("files[].") if path.startswith("files[].") else path
            given = body["files"][0] if path.startswith("files[].") else body
            plain = inner in {"file_ids", "files", "file_id"}
            walk.probe(name, path, answer, effect=same if plain else self._kept(listed[0], inner, given))
        two = [self._files.new(f"{n}.md") for n in range(2)] + [self._files.new("broken.pdf", "no pdf")]
        ids = self._ids | {"batch_id": walk.call(name, ids=self._ids, json={"file_ids": two}).json()["id"]}
        self._system.side.work()
        walk.call(f"GET {_BATCHES}/{{batch_id}}", ids=ids)
        listing = f"GET {_BATCHES}/{{batch_id}}/files"
        self._lists(listing, ids)
        failed = walk.call(listing, ids=ids, params={"filter": "failed"}).json()["data"]
        walk.effect(listing, "?filter", holds=[one["id"] for one in failed] == two[2:])
        open_ = self._ids | {"batch_id": walk.call(name, ids=self._ids, json={"file_ids": [self._files.new("late.md")]}).json()["id"]}
        walk.call(f"POST {_BATCHES}/{{batch_id}}/cancel", ids=open_)

    def search(self) -> None:
        """What each parameter of a search changes."""
        walk, name, query = self._walk, f"POST {_STORE}/{{vector_store_id}}/search", {"query": "How many days of leave?"}

        def asked(**body: Any) -> Any:
            answer = walk.call(name, ids=self._ids, json=query | body)
            assert answer.status_code == 200, answer.text
            return answer.json()

        every = asked(max_num_results=50)["data"]
        walk.effect(name, "query", holds=bool(every) and asked(query=["leave", "days"])["search_query"] == ["leave", "days"])
        walk.effect(name, "max_num_results", holds=len(asked(max_num_results=1)["data"]) == 1)
        walk.effect(name, "rewrite_query", holds=self._rewrites(asked))
        for kind, value in (("eq", "new"), ("in", ["new"])):
            some = asked(filters={"type": kind, "key": "topic", "value": value}, max_num_results=50)["data"]
            holds = 0 < len(some) < len(every)
            for part in ("filters", "filters.type", "filters.key", "filters.value"):
                walk.effect(name, part, holds=holds)
        both = {"type": "and", "filters": [{"type": "eq", "key": "topic", "value": "new"}, {"type": "ne", "key": "topic", "value": "new"}]}
        none = not asked(filters=both)["data"]
        schema = walk.endpoints[name].request
        assert schema
        for path in properties(schema):
            if path.startswith("filters") and (name, path) not in walk.asked:
                walk.effect(name, path, holds=none)
        high = asked(ranking_options={"ranker": "auto", "score_threshold": 1.0})["data"]
        for path in ("ranking_options", "ranking_options.score_threshold"):
            walk.effect(name, path, holds=len(high) < len(every))
        rankers = [asked(ranking_options={"ranker": one})["data"] for one in ("none", "auto", "default-2024-11-15")]
        wrong = walk.call(name, ids=self._ids, json=query | {"ranking_options": {"ranker": "nobody's"}})
        walk.effect(name, "ranking_options.ranker", holds=all(rankers) and wrong.status_code == 400)

    def _rewrites(self, asked: Any) -> bool:
        """Whether a model may write the query anew, and what it was is told."""
        self._system.side.embedder.says = '{"query": "days of leave"}'
        return bool(asked(rewrite_query=True)["search_query"] != asked(rewrite_query=False)["search_query"])

    def _shows(self, made: Any, path: str, body: dict[str, Any]) -> bool:
        if path == "file_ids":
            return bool(made["file_counts"]["total"] == 1)
        if not path.startswith("chunking_strategy"):
            return found(made, path) == found(body, path) != []
        listed = self._walk.call(f"GET {_FILES}", ids={"vector_store_id": made["id"]}).json()["data"]
        return self._kept(listed[0], path, body)

    def _kept(self, member: Any, path: str, body: dict[str, Any]) -> bool:
        """Whether a document has what was asked for it; ``auto`` leaves the choice to us, which is told as a static one."""
        if path in {"chunking_strategy", "chunking_strategy<auto>.type"} and body["chunking_strategy"]["type"] == "auto":
            return bool(member["chunking_strategy"]["type"] == "static")
        return found(member, path) == found(body, path) != []

    def _lists(self, name: str, ids: dict[str, str]) -> None:
        walk = self._walk

        def page(**query: Any) -> Any:
            return walk.call(name, ids=ids, params=query).json()["data"]

        ordered = page(order="asc", limit=3)
        walk.effect(name, "?limit", holds=len(page(limit=1)) == 1)
        walk.effect(name, "?order", holds=page(limit=1, order="desc") != ordered[:1])
        walk.effect(name, "?after", holds=page(order="asc", limit=1, after=ordered[0]["id"]) == ordered[1:2])
        walk.effect(name, "?before", holds=page(order="asc", limit=1, before=ordered[1]["id"]) == ordered[:1])
