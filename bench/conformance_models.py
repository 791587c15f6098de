"""Walks of the groups that models answer: chat completions, embeddings, models, moderations."""

import json
from typing import Any

from bench.conformance_probe import build, carried, found, least, tokens
from bench.conformance_system import System
from bench.conformance_walk import Walk
from bench.openai_schema import Schema, properties

_CREATE = "POST /chat/completions"
_READ = "GET /chat/completions/{completion_id}"
#: What a property needs beside it.
_BESIDE: dict[str, dict[str, Any]] = {
    "stream_options": {"stream": True},
    "top_logprobs": {"logprobs": True},
    "tool_choice": {"tools": [{"type": "function", "function": {"name": "look"}}]},
    "function_call": {"functions": [{"name": "look"}]},
}
_HELLO = {"model": "default", "messages": [{"role": "user", "content": "Hello"}]}


def chat(system: System) -> Walk:
    """Every property of requests one by one, every property of answers as a model gives it, stored completions by what is kept."""
    walk = Walk("chat", system.chat.request)
    walk.send = lambda method, path, **request: system.chat.request(method, "/v1" + path, **request)
    create = walk.endpoints[_CREATE]
    assert create.request
    assert create.response
    assert create.events
    system.upstream.answer = least(create.response, "")
    _stream(system, walk, create.events, "choices")
    for path in properties(create.request):
        _ask(system, walk, create.request, path)
    for path in properties(create.response):
        system.upstream.answer = _answer(create.response, path)
        made = walk.call(_CREATE, json=_HELLO | {"store": True, "metadata": {"topic": "probe"}})
        walk.call(_READ, ids={"completion_id": made.json()["id"]})
    for path in properties(create.events):
        _stream(system, walk, create.events, path)
    _moderated(system, walk)
    _stored(walk)
    return walk


def _ask(system: System, walk: Walk, schema: Schema, path: str) -> None:
    top = tokens(path)[0]
    body = build(schema, path) | _BESIDE.get(top, {})
    system.upstream.asked = {}
    answer = walk.call(_CREATE, json=body)
    sent, arrived = found(body, path), found(system.upstream.asked, path)
    effect = len(sent) == len(arrived) > 0 and all(map(carried, sent, arrived))
    if answer.status_code == 200 and not body.get("stream"):
        told = answer.json()
        effect = effect or found(told, path) == found(body, path) != [] or (top == "moderation" and "moderation" in told)
    if path == "model":
        effect = answer.json()["model"] == body["model"]
    elif path == "stream":
        effect = answer.headers["content-type"].startswith("text/event-stream")
    elif path == "store":
        effect = walk.call(_READ, ids={"completion_id": answer.json()["id"]}).status_code == 200
    walk.probe(_CREATE, path, answer, effect=effect)


def _answer(schema: Schema, path: str) -> Any:
    """What a model gives that has the property; all other fields as they must be."""
    whole = least(schema, "")
    given = build(schema, path)
    if path.startswith("choices[]."):
        choice = whole["choices"][0] | given["choices"][0]
        return whole | {"choices": [choice]}
    return whole | given


def _stream(system: System, walk: Walk, schema: Schema, path: str) -> None:
    first = _answer(schema, path)
    last = least(schema, "") | {"choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}]}
    system.upstream.chunks = [first, last]
    answer = walk.call(_CREATE, json=_HELLO | {"stream": True, "stream_options": {"include_usage": True}})
    for chunk in _chunks(answer.text):
        walk.event(_CREATE, chunk)


def _chunks(text: str) -> list[Any]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]


def _moderated(system: System, walk: Walk) -> None:
    """Answers with moderation: of a text with results on both sides, and of one where a side was not run."""
    create = walk.endpoints[_CREATE]
    assert create.response
    assert create.events
    asked = _HELLO | {"moderation": {"model": "omni-moderation-latest"}}
    system.upstream.answer = least(create.response, "")
    system.upstream.chunks = [least(create.events, "") | {"choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]}]
    for body in (asked, _blocked(asked)):
        walk.call(_READ, ids={"completion_id": walk.call(_CREATE, json=body | {"store": True}).json()["id"]})
        for chunk in _chunks(walk.call(_CREATE, json=body | {"stream": True}).text):
            walk.event(_CREATE, chunk)


def _blocked(body: dict[str, Any]) -> dict[str, Any]:
    policy = {"input": {"mode": "block"}, "output": {"mode": "block"}}
    said = [{"role": "user", "content": "I will find you and kill you, you piece of trash."}]
    return body | {"messages": said, "moderation": body["moderation"] | {"policy": policy}}


def _stored(walk: Walk) -> None:
    name = "GET /chat/completions"
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    custom = {"id": "call_2", "type": "custom", "custom": {"name": "g", "input": "x"}}
    cited = {"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 1, "url": "https://example.com", "title": "t"}}
    stop = {"prompt_cache_breakpoint": {"mode": "explicit"}}
    told: dict[str, Any] = {"role": "assistant", "content": [{"type": "text", "text": "Hi", **stop}], "refusal": None}
    told["tool_calls"] = [call, custom]
    told |= {"annotations": [cited], "function_call": {"name": "f", "arguments": "{}"}}
    told |= {"audio": {"id": "a", "expires_at": 1, "data": "", "transcript": ""}}
    seen = {
        "role": "user",
        "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}, **stop}],
    }
    said = [told, seen, {"role": "user", "content": [{"type": "text", "text": "Hello"}]}]
    made = walk.call(_CREATE, json=_HELLO | {"messages": said, "store": True, "metadata": {"n": "last"}}).json()
    messages, ids = "GET /chat/completions/{completion_id}/messages", {"completion_id": made["id"]}
    _lists(walk, messages, ids)
    _lists(walk, name, {})
    only = walk.call(name, params={"metadata[n]": "last"}).json()["data"]
    walk.effect(name, "?metadata", holds=[one["id"] for one in only] == [made["id"]])
    walk.effect(name, "?model", holds=not walk.call(name, params={"model": "nobody"}).json()["data"])
    changed = walk.call("POST /chat/completions/{completion_id}", ids=ids, json={"metadata": {"n": "new"}})
    walk.probe("POST /chat/completions/{completion_id}", "metadata", changed, effect=changed.json()["metadata"] == {"n": "new"})
    for one in walk.given[_READ]:
        # What a change answers is what a read does.
        walk.call("POST /chat/completions/{completion_id}", ids={"completion_id": one["id"]}, json={"metadata": {"n": "new"}})
    for _ in range(20):
        page = walk.call(name, params={"limit": 100, "order": "desc"}).json()
        if not page["has_more"]:
            break
    last = page
    while last["has_more"]:
        last = walk.call(name, params={"limit": 100, "order": "desc", "after": last["last_id"]}).json()
    walk.call("DELETE /chat/completions/{completion_id}", ids=ids)


def _lists(walk: Walk, name: str, ids: dict[str, str]) -> None:
    first = walk.call(name, ids=ids, params={"limit": 1}).json()
    walk.effect(name, "?limit", holds=len(first["data"]) == 1)
    second = walk.call(name, ids=ids, params={"limit": 1, "after": first["last_id"]}).json()
    walk.effect(name, "?after", holds=second["data"] != first["data"])
    backwards = walk.call(name, ids=ids, params={"limit": 1, "order": "desc"}).json()
    walk.effect(name, "?order", holds=backwards["data"] != first["data"])


def embeddings(system: System) -> Walk:
    """Each parameter by what it changes."""
    name = "POST /embeddings"
    walk = Walk("embeddings", lambda method, path, **request: system.chat.request(method, "/v1" + path, **request))
    body = {"model": "embedding", "input": ["Hello", "you"]}
    plain = walk.call(name, json=body)
    walk.probe(name, "input", plain, effect=len(plain.json()["data"]) == 2)
    for form in ("Hello", [1, 2], [[1], [2, 3]]):
        assert walk.call(name, json=body | {"input": form}).status_code == 200
    walk.probe(name, "model", plain, effect=plain.json()["model"] == "embedding")
    packed = walk.send("POST", "/embeddings", json=body | {"encoding_format": "base64"})
    walk.probe(name, "encoding_format", packed, effect=isinstance(packed.json()["data"][0]["embedding"], str))
    short = walk.call(name, json=body | {"model": "able-embedding", "dimensions": 3})
    walk.probe(name, "dimensions", short, effect=len(short.json()["data"][0]["embedding"]) == 3)
    named = walk.call(name, json=body | {"user": "u-1"})
    walk.probe(name, "user", named, effect=system.upstream.asked.get("user") == "u-1")
    return walk


def models(system: System) -> Walk:
    """The list and one model."""
    walk = Walk("models", lambda method, path, **request: system.chat.request(method, "/v1" + path, **request))
    walk.call("GET /models")
    walk.call("GET /models/{model}", ids={"model": "default"})
    return walk


def moderations(system: System) -> Walk:
    """Each form of the input."""
    name = "POST /moderations"
    walk = Walk("moderations", lambda method, path, **request: system.moderation.request(method, "/v1" + path, **request))
    schema = walk.endpoints[name].request
    assert schema
    for path in properties(schema):
        body = build(schema, path) | ({"model": "omni-moderation-latest"})
        answer = walk.call(name, json=body)
        done = answer.status_code == 200 and answer.json()["model"] == body["model"]
        walk.probe(name, path, answer, effect=done and len(answer.json()["results"]) == 1)
    return walk
