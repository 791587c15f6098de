"""Pinecone's HTTP API, written from its public description (docs.pinecone.io/reference/api): serverless indexes in a dictionary.

It refuses what the service refuses: no key, no version of the API, a vector of another length or of zeros, metadata of other types
than strings, numbers, booleans and lists of strings, metadata over 40 KB, more than 1,000 rows an upsert, unknown operators.
"""

import json
import math
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.fakes.conditions import BadCondition, meets

KEY = "pc-test-key"
VERSIONS = ("2025-10", "2026-07")


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class PineconeServer:
    """``with PineconeServer() as server``; ``busy`` next calls of the data plane are answered 429; ``requests`` keeps them all."""

    def __init__(self) -> None:
        self.indexes: dict[str, dict[str, Any]] = {}
        self.rows: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
        self.busy = 0
        self.requests: list[tuple[str, str, Any]] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Any:
        """One call. Raises Refusal."""
        if headers.get("Api-Key") != KEY:
            raise Refusal(401, "Invalid API Key")
        if headers.get("X-Pinecone-Api-Version") not in VERSIONS:
            raise Refusal(400, "unknown version of the API")
        place = urlsplit(path)
        with self._lock:
            self.requests.append((method, path, body))
            if place.path.startswith("/indexes"):
                return self._control(method, place.path, body)
            _, _, index, verb = place.path.split("/", 3)
            if self.busy:
                self.busy -= 1
                raise Refusal(429, "Too many requests")
            return self._data(method, index, verb, body if body is not None else parse_qs(place.query))

    def _control(self, method: str, path: str, body: Any) -> Any:
        name = path.removeprefix("/indexes").strip("/")
        if method == "POST":
            if body["name"] in self.indexes:
                raise Refusal(409, "ALREADY_EXISTS")
            if body["metric"] not in ("cosine", "euclidean", "dotproduct") or set(body["spec"]) != {"serverless"}:
                raise Refusal(400, "INVALID_ARGUMENT")
            host = f"{self.url}/data/{body['name']}"
            self.indexes[body["name"]] = {**body, "host": host, "vector_type": "dense", "status": {"ready": False, "state": "Initializing"}}
            return self.indexes[body["name"]]
        if not name:
            return {"indexes": list(self.indexes.values())}
        if name not in self.indexes:
            raise Refusal(404, "NOT_FOUND")
        described = dict(self.indexes[name])
        # It takes a while until an index is ready: the second look finds it so.
        self.indexes[name]["status"] = {"ready": True, "state": "Ready"}
        return described

    def _data(self, method: str, index: str, verb: str, body: Any) -> Any:
        verbs: dict[str, Callable[[str, Any], Any]] = {
            "POST vectors/upsert": self._upsert,
            "POST query": self._query,
            "POST vectors/delete": self._delete,
            "POST vectors/update": self._update,
            "POST vectors/fetch_by_metadata": self._fetch,
            "POST describe_index_stats": lambda index, _: {"dimension": self.indexes[index]["dimension"]},
        }
        if index not in self.indexes or f"{method} {verb}" not in verbs:
            raise Refusal(404, "NOT_FOUND")
        try:
            return verbs[f"{method} {verb}"](index, body)
        except BadCondition as bad:
            raise Refusal(400, f"filter: {bad}") from bad

    def _upsert(self, index: str, body: Any) -> Any:
        vectors = body["vectors"]
        if not 1 <= len(vectors) <= 1000:
            raise Refusal(400, "1 to 1,000 vectors")
        for vector in vectors:
            if len(vector["values"]) != self.indexes[index]["dimension"] or not any(vector["values"]):
                raise Refusal(400, "Vector dimension does not match, or all values are zero")
            _check_metadata(vector.get("metadata", {}))
        held = self.rows.setdefault((index, body.get("namespace", "")), {})
        held.update({vector["id"]: {"values": vector["values"], "metadata": vector.get("metadata", {})} for vector in vectors})
        return {"upsertedCount": len(vectors)}

    def _query(self, index: str, body: Any) -> Any:
        if not 1 <= body["topK"] <= 10_000 or len(body["vector"]) != self.indexes[index]["dimension"]:
            raise Refusal(400, "topK or vector")
        near = [
            {"id": name, "score": _cosine(row["values"], body["vector"]), "metadata": row["metadata"]}
            for name, row in self.rows.get((index, body.get("namespace", "")), {}).items()
            if body.get("filter") is None or meets(body["filter"], row["metadata"])
        ]
        near.sort(key=lambda one: -one["score"])
        if not body.get("includeMetadata"):
            near = [{name: value for name, value in one.items() if name != "metadata"} for one in near]
        return {"matches": near[: body["topK"]], "namespace": body.get("namespace", ""), "usage": {"readUnits": 1}}

    def _delete(self, index: str, body: Any) -> Any:
        held = self._held(index, body)
        for name in [name for name, row in held.items() if _meant(body, name, row)]:
            del held[name]
        return {}

    def _update(self, index: str, body: Any) -> Any:
        changed = [row for name, row in self._held(index, body).items() if _meant(body, name, row)]
        for row in changed:
            row["metadata"] = row["metadata"] | body.get("setMetadata", {})
            _check_metadata(row["metadata"])
        return {"matchedRecords": len(changed)}

    def _fetch(self, index: str, body: Any) -> Any:
        rows = [(name, row) for name, row in sorted(self._held(index, body).items()) if meets(body["filter"], row["metadata"])]
        start, size = int(body.get("paginationToken") or 0), min(int(body.get("limit", 100)), 10)
        page = {name: {"id": name, **row} for name, row in rows[start : start + size]}
        more = {"pagination": {"next": str(start + size)}} if len(rows) > start + size else {}
        return {"vectors": page, "namespace": body.get("namespace", ""), **more}

    def _held(self, index: str, body: Any) -> dict[str, dict[str, Any]]:
        held = self.rows.get((index, body.get("namespace", "")))
        if held is None:
            raise Refusal(404, "Namespace not found")
        return held


def _meant(body: Any, name: str, row: Any) -> bool:
    if "filter" in body:
        return meets(body["filter"], row["metadata"])
    return bool(body.get("deleteAll")) or name in body.get("ids", [body.get("id")])


def _check_metadata(metadata: Mapping[str, Any]) -> None:
    for key, value in metadata.items():
        fine = isinstance(value, str | bool | int | float) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
        if key.startswith("$") or not fine:
            raise Refusal(400, f"metadata of key {key}")
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > 40_960:
        raise Refusal(400, "metadata size")


def _cosine(one: list[float], other: list[float]) -> float:
    return math.sumprod(one, other) / math.hypot(*one) / math.hypot(*other)


def _handler(server: PineconeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            raw = self.rfile.read(length)
            try:
                status, answer = 200, server.answer(self.command, self.path, dict(self.headers.items()), json.loads(raw) if raw else None)
            except Refusal as refusal:
                status, answer = refusal.status, {"code": refusal.status, "message": str(refusal), "details": []}
            payload = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Silent."""

    return Handler
