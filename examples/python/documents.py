"""A document in, a cited answer out, and everything removed again. Needs `pip install openai`, MARU_URL and MARU_API_KEY (role builder)."""

import json
import os
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

from openai import OpenAI

URL, KEY = os.environ["MARU_URL"], os.environ["MARU_API_KEY"]
TEXT = (
    "# Parking\n\nVisitors park on level B3. The first two hours are free.\n\n방문객은 지하 3층에 주차합니다. 처음 두 시간은 무료입니다.\n"
)


def request(method: str, path: str, body: object = None) -> Any:
    """Agents are Maru's own, so any HTTP client calls them."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    return urllib.request.urlopen(urllib.request.Request(URL + path, data, headers, method=method), timeout=300)


def events(answer: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The server-sent events of an answer: name and data."""
    name = ""
    for raw in answer:
        field, _, value = raw.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def main() -> None:
    """Upload, attach, ask in both languages, clean up."""
    client = OpenAI(base_url=URL + "/v1", api_key=KEY)
    agent = f"parking-{uuid.uuid4().hex[:8]}"
    file = client.files.create(file=("parking.md", TEXT.encode()), purpose="assistants", extra_body={"acl": '["public"]'})
    store = client.vector_stores.create(name="parking")
    print("document:", client.vector_stores.files.create_and_poll(file.id, vector_store_id=store.id, poll_interval_ms=300).status)
    settings = {"name": agent, "instructions": "Answer from the documents.", "model": "default", "vector_stores": [store.id]}
    request("POST", "/v1/agents", settings).close()
    for question in ("Where do visitors park?", "주차는 몇 시간까지 무료인가요?"):
        print(f"\n{question}")
        with request("POST", f"/v1/agents/{agent}/chat", {"message": question, "stream": True}) as answer:
            for name, data in events(answer):
                if name == "response.delta":
                    print(data["delta"], end="", flush=True)
                elif name == "response.completed":
                    for reference in data["references"]:
                        print(f"\n[{reference['index']}] {reference['source']}: “{reference['quote']}”", end="")
                elif name == "error":
                    raise SystemExit(data["error"]["message"])
        print()
    request("DELETE", f"/v1/agents/{agent}").close()
    client.vector_stores.delete(store.id)
    client.files.delete(file.id)


if __name__ == "__main__":
    main()
