"""DynamoDB over a kept connection: what is sent again, what is not, and binary values."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from maru.dynamo import ConditionFailed, Table, TableSpec
from maru.errors import Unavailable
from maru.plain import PlainDynamo
from tests.fakes.serving import serving

SPEC = TableSpec("things", key="id")


class _Credentials:
    access_key, secret_key, token = "key", "secret", None

    def get_frozen_credentials(self) -> "_Credentials":
        return self


type Answer = Callable[[str, dict[str, Any]], tuple[int, Any]]


@contextmanager
def _served(answer: Answer, **how: Any) -> Iterator[tuple[Table, list[int]]]:
    """A table on a server that answers so, and the ports of its clients, one a call."""
    ports: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            ports.append(self.client_address[1])
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, told = answer(self.headers["x-amz-target"].rpartition(".")[2], body)
            if not status:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            raw = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            return

    with serving(Handler) as port:
        client: Any = PlainDynamo(f"http://127.0.0.1:{port}", "ap-northeast-2", _Credentials(), **how)
        try:
            yield Table(client, "things", SPEC), ports
        finally:
            if kept := getattr(client._own, "connection", None):
                kept.close()


def test_one_connection_serves_many_calls_and_binary_values_are_bytes() -> None:
    row = {"id": {"S": "한글"}, "raw": {"B": "AAH/"}, "B": {"S": "a name"}, "map": {"M": {"B": {"N": "1"}}}}
    with _served(lambda operation, _: (200, {"Item": row} if operation == "GetItem" else {})) as (table, ports):
        table.put({"id": "한글", "raw": b"\x00\x01\xff"})
        found = table.get({"id": "한글"})
        assert found == {"id": "한글", "raw": b"\x00\x01\xff", "B": "a name", "map": {"B": 1}}
        assert len(set(ports)) == 1


def test_what_broke_is_asked_again_and_what_was_refused_is_not() -> None:
    answers = [(0, {}), (500, {}), (200, {"Item": {"id": {"S": "a"}}})]
    with _served(lambda *_: answers.pop(0), sleep=lambda _: None) as (table, ports):
        assert table.get({"id": "a"}) == {"id": "a"}
        assert len(ports) == 3
        assert ports[0] != ports[1]
    refused = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no"}
    with _served(lambda *_: (400, refused)) as (table, ports):
        with pytest.raises(ConditionFailed):
            table.put({"id": "a"}, condition="attribute_not_exists(id)")
        assert len(ports) == 1
    with _served(lambda *_: (0, {}), sleep=lambda _: None) as (table, ports), pytest.raises(Unavailable):
        table.get({"id": "a"})


def test_a_connection_that_rested_long_is_not_used() -> None:
    now = [0.0]
    with _served(lambda *_: (200, {}), clock=lambda: now[0]) as (table, ports):
        for seconds in (0, 10, 100):
            now[0] += seconds
            table.get({"id": "a"})
        assert ports[0] == ports[1] != ports[2]


def test_a_transaction_has_a_token_of_its_own() -> None:
    seen: list[str] = []

    def answer(_: str, body: dict[str, Any]) -> tuple[int, Any]:
        seen.append(body["ClientRequestToken"])
        return 200, {}

    with _served(answer) as (table, _):
        for _ in range(2):
            table.client.transact_write_items(TransactItems=[])
    assert len(set(seen)) == 2
