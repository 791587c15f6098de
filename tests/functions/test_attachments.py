"""Documents in conversations: whoever may chat puts them there, nobody else sees them, nothing else is opened by it."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from maru.agents.sessions import SessionStore
from maru.http import App, HttpServices
from tests.conftest import MakeTable
from tests.door import client, key_for
from tests.fakes.documents import DocumentSide
from tests.fakes.documents import caller as known
from tests.functions.documents_app import documents_app

NOTE = ("회비.md", "동호회 회비는 7,300원이다.".encode(), "text/markdown")


@pytest.fixture
def sessions(make_table: MakeTable) -> SessionStore:
    return SessionStore(make_table(SessionStore.SPEC))


@pytest.fixture
def app(side: DocumentSide, services: HttpServices, sessions: SessionStore) -> App:
    return documents_app(side, services, sessions)


@pytest.fixture
def web(app: App, services: HttpServices) -> TestClient:
    return client(app, key_for(services, role="user"))


def put(web: TestClient, session: str = "sess_1", status: int = 200, **fields: str) -> Any:
    files = {} if "file_id" in fields else {"file": NOTE}
    answer = web.post("/v1/attachments", data={"session_id": session, **fields}, files=files or None)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_user_attaches_reads_and_removes_a_document(web: TestClient, side: DocumentSide, app: App, services: HttpServices) -> None:
    made = put(web)
    assert (made["file"]["acl"], made["member"]["status"]) == (["user:minji"], "in_progress")
    side.work()
    path = f"/v1/vector_stores/{made['vector_store_id']}/files/{made['file']['id']}"
    assert web.get(path).json()["status"] == "completed"
    assert put(web)["vector_store_id"] == made["vector_store_id"], "one store a conversation"
    colleague = client(app, key_for(services, user="lee", role="admin"))
    assert colleague.get(f"/v1/files/{made['file']['id']}").status_code == 404
    assert colleague.delete(f"/v1/attachments/{made['file']['id']}").status_code == 404
    assert web.delete(f"/v1/attachments/{made['file']['id']}").json()["deleted"] is True
    assert web.get(f"/v1/files/{made['file']['id']}").status_code == 404


def test_a_file_that_was_uploaded_in_parts_is_attached_by_its_id(app: App, services: HttpServices, side: DocumentSide) -> None:
    editor = client(app, key_for(services, role="editor"))
    form = {"purpose": "user_data", "acl": '["user:minji"]'}
    file = editor.post("/v1/files", data=form, files={"file": NOTE}).json()["id"]
    assert put(editor, file_id=file)["file"]["id"] == file
    shared = editor.post("/v1/files", data={"purpose": "assistants"}, files={"file": NOTE}).json()["id"]
    put(editor, status=404, file_id=shared)


def test_nothing_is_put_into_a_conversation_of_somebody_else(
    web: TestClient, app: App, services: HttpServices, sessions: SessionStore
) -> None:
    sessions.open(known(user="lee"), "sess_lee", agent="hr", title="")
    put(web, "sess_lee", status=404)
    put(web, "sess_new")
    put(client(app, key_for(services, user="lee", role="user")), "sess_new", status=404)
    assert put(client(app, key_for(services, tenant="other", role="user")), "sess_new")["vector_store_id"]


def test_what_is_no_attachment_is_refused_by_name(web: TestClient) -> None:
    for fields, param in (({"session_id": "a b"}, "session_id"), ({"session_id": "s"}, "file"), ({"session_id": "s", "acl": "[]"}, "acl")):
        answer = web.post("/v1/attachments", data=fields, files={} if param == "file" else {"file": NOTE})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert web.post("/v1/files", data={"purpose": "user_data"}, files={"file": NOTE}).status_code == 403
