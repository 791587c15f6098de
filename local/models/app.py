"""The HTTP face of the local models: OpenAI's paths, errors in OpenAI's shape, server-sent events."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from local.models.completion import ConnectionCut, ModelFailure, complete, stream
from local.models.embedding import LANGUAGES, MiniLM, Vectors, check_dimensions
from local.models.request import EmbeddingRequest, parse_chat, parse_embedding
from local.models.scripted import Scripted
from local.models.steps import ChatModel, shorten
from maru.errors import BadRequest, MaruError, NotFound, RateLimited, error_object

#: Long histories and batches of 2,048 chunks fit; more is a mistake.
MAX_BODY = 32 * 1024 * 1024
BATCH_LIMIT = 2048

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Server:
    """The models of one process and the routes to them."""

    chats: Mapping[str, ChatModel]
    embedder: MiniLM
    scripted: Scripted

    def application(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(middlewares=[_errors], client_max_size=MAX_BODY)
        app.add_routes(
            [
                web.get("/healthz", self._health),
                web.get("/v1/models", self._models),
                web.get("/v1/models/{model}", self._model),
                web.post("/v1/chat/completions", self._chat),
                web.post("/v1/embeddings", self._embeddings),
                web.get("/_scripted/calls", self._calls),
                web.delete("/_scripted/calls", self._forget),
            ]
        )
        return app

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _models(self, _request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [self._card(name) for name in (*self.chats, self.embedder.id)]})

    async def _model(self, request: web.Request) -> web.Response:
        name = request.match_info["model"]
        if name not in (*self.chats, self.embedder.id):
            raise _unknown(name)
        return web.json_response(self._card(name))

    def _card(self, name: str) -> dict[str, Any]:
        languages = {"languages": list(LANGUAGES)} if name == self.embedder.id else {}
        return {"id": name, "object": "model", "created": 0, "owned_by": "maru-local"} | languages

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = parse_chat(await request.read())
        model = self.chats.get(asked.model)
        if model is None:
            raise _unknown(asked.model)
        answered = await asyncio.to_thread(lambda: list(model.answer(asked)))
        steps = list(shorten(answered, stops=asked.stops, limit=asked.limit))
        if not asked.stream:
            return web.json_response(await complete(asked, steps), dumps=_dumps)
        return await _send(request, stream(asked, steps))

    async def _embeddings(self, request: web.Request) -> web.Response:
        asked = parse_embedding(await request.read())
        if asked.model != self.embedder.id:
            raise _unknown(asked.model)
        check_dimensions(asked.dimensions)
        if len(asked.texts) > BATCH_LIMIT:
            raise BadRequest(f"input takes at most {BATCH_LIMIT} texts at once.", param="input")
        vectors, count = await asyncio.to_thread(self.embedder.embed, asked.texts)
        return web.json_response(_embedded(asked, vectors, count))

    async def _calls(self, _request: web.Request) -> web.Response:
        return web.json_response({"calls": self.scripted.calls})

    async def _forget(self, _request: web.Request) -> web.Response:
        self.scripted.forget()
        return web.json_response({"calls": {}})


async def _send(request: web.Request, events: Any) -> web.StreamResponse:
    """Send `events` as they come; the head waits for the first, so that a failure before it is an ordinary error."""
    first = await anext(events)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"})
    await response.prepare(request)
    await response.write(first)
    async for event in events:
        await response.write(event)
    await response.write_eof()
    return response


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ConnectionResetError:
        # The client has left; nobody is there to be told.
        return web.Response()
    except ConnectionCut:
        if request.transport:
            request.transport.abort()
        # Never arrives: the connection is gone.
        return web.Response()
    except ModelFailure as failure:
        return _failed(failure.answer_status, failure)
    except MaruError as error:
        return _failed(error.status, error)
    except web.HTTPException as error:
        return _failed(error.status, BadRequest(f"{request.method} {request.path}: {error.reason}"))


def _failed(status: int, error: MaruError) -> web.Response:
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    body = error_object(error)
    if status == RateLimited.status:
        body["error"]["type"] = RateLimited.type
    return web.json_response(body, status=status, headers=headers)


def _embedded(asked: EmbeddingRequest, vectors: Vectors, tokens: int) -> dict[str, Any]:
    encode = _base64 if asked.encoding_format == "base64" else _floats
    data = [{"object": "embedding", "index": index, "embedding": encode(vector)} for index, vector in enumerate(vectors)]
    return {"object": "list", "model": asked.model, "data": data, "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}


def _floats(vector: Vectors) -> list[float]:
    return [round(value, 7) for value in vector.tolist()]


def _base64(vector: Vectors) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def _unknown(name: str) -> NotFound:
    return NotFound(f"The model '{name}' does not exist here.", param="model", code="model_not_found")


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
