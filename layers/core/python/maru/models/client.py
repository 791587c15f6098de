"""The client of all models: an alias and a request in, OpenAI's shapes out, with what it used and cost."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from maru.errors import BadRequest
from maru.lean import Dynamo
from maru.models import embeddings, failures
from maru.models.attempts import Attempts
from maru.models.calls import Bearer, Body, Call
from maru.models.catalogue import Catalogue, Target
from maru.models.continuing import Continuation
from maru.models.embedding_wire import Input, Job, Purpose
from maru.models.embeddings import Embeddings
from maru.models.health import Health
from maru.models.keys import KeyRing
from maru.models.providers import wire_of
from maru.models.rerank import Ranking, rerank
from maru.models.routing import Route, Router, Wish, permitted
from maru.models.rules import Retry, Routing
from maru.models.settings import ModelSettings, Timeouts
from maru.models.stream import ModelStream
from maru.models.transport import Reply, Transport
from maru.models.usage import Usage, cost

_CHAT = "/chat/completions"


@dataclass(frozen=True)
class Completion:
    """A whole answer: ``body`` is OpenAI's ``chat.completion`` with the alias as its model; ``cost_usd`` None means unknown.

    ``limits`` are what is left of the server's rate limits, as OpenAI's ``x-ratelimit-*`` headers.
    """

    body: Body
    usage: Usage | None
    cost_usd: Decimal | None
    target: Target
    limits: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The first choice's content, empty where it has none."""
        return str(self.body["choices"][0]["message"].get("content") or "")


class ModelClient:
    """One per process. ``async with client:`` keeps its connections; without it each call makes its own (workers, tests).

    Every method raises :class:`~maru.errors.MaruError`: 404 for an unknown alias, 503 with ``retry_after`` for a server that is down
    or silent, 429, 400 in the model's own words, 502 for the rest. Targets are tried until one begins to answer.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        keys: KeyRing,
        timeouts: Timeouts | None = None,
        *,
        router: Router | None = None,
        health: Health | None = None,
    ) -> None:
        self.catalogue, self.router = catalogue, router or Router()
        self.health = health or Health(self.router.routing.breaker)
        self._transport = Transport(keys, timeouts or Timeouts())

    @classmethod
    def connect(cls, settings: ModelSettings, dynamo: Dynamo | None = None, health_table: str = "") -> Self:
        """The client that the settings describe; makes no call. Raises ``CatalogueError``.

        With ``dynamo`` and a table, what is known of targets is shared with all instances that have them.
        """
        keys, router = KeyRing(settings.model_keys, settings.model_keys_secret), Router(Routing.load(settings.catalogue))
        health = Health(router.routing.breaker, dynamo, health_table)
        return cls(settings.models(), keys, settings.model_timeouts, router=router, health=health)

    async def __aenter__(self) -> None:
        await self._transport.__aenter__()

    async def __aexit__(self, *error: object) -> None:
        await self._transport.__aexit__(*error)

    def route(self, alias: str, body: Body, wish: Wish | None = None) -> Route:
        """Where a chat request may go; raises what :meth:`~maru.models.routing.Router.decide` does, and :class:`NotFound`."""
        return self.router.decide(self.catalogue.find(alias, "chat"), body, wish)

    async def complete(self, alias: str | Route, body: Body, *, bearer: Bearer | None = None) -> Completion:
        """One answer to OpenAI's chat request ``body``; its ``model`` and ``stream`` do not matter. A route was decided before."""
        call = self._call(alias, body, bearer)

        async def ask(target: Target) -> Completion:
            request = {**call.body, "model": target.model, "stream": False}
            request.pop("stream_options", None)
            reply = await self._asked(call.name, target, request, wait=self._transport.timeouts.whole)
            wire = wire_of(target.provider)
            try:
                raw = await reply.read()
            finally:
                await reply.close(finished=True)
            answer = _completion(call.name, wire.answer(call.name, raw, wire.form(target, body)) if wire else _parsed(call.name, raw))
            usage = Usage.of(answer.get("usage"), images=call.images)
            return Completion(answer, usage, cost(usage, target.price), target, reply.limits)

        return await call.attempts.first(ask)

    async def chat(self, alias: str, body: Body) -> Body:
        """The answer's body alone, for who does not count its cost."""
        return (await self.complete(alias, body)).body

    async def stream(self, alias: str | Route, body: Body, *, bearer: Bearer | None = None) -> ModelStream:
        """The answer as it comes, from its first token on: ``async with await client.stream(…) as stream``.

        Usage is always asked of the server; its chunk is given only where ``body`` has ``stream_options.include_usage``. Where the
        answer breaks off, a target that ``continues`` goes on with it.
        """
        call = self._call(alias, body, bearer)
        call.attempts.streamed = True
        stream = await call.attempts.first(lambda target: self._opened(call, target))
        stream.continuation = Continuation.of(call, self._opened)
        return stream

    async def _opened(self, call: Call, target: Target) -> ModelStream:
        body, timeouts = call.body, self._transport.timeouts
        options = body.get("stream_options") or {}
        request = {**body, "model": target.model, "stream": True, "stream_options": {**options, "include_usage": True}}
        silence = target.between_tokens_seconds or timeouts.between
        first = target.first_token_seconds or timeouts.first_byte
        reply = await self._asked(call.name, target, request, wait=first)
        stream = ModelStream(call, target, reply, between=silence)
        try:
            await stream.begin(first)
        except BaseException:
            await stream.close()
            raise
        return stream

    async def embed(
        self,
        alias: str,
        texts: Sequence[Input],
        *,
        purpose: Purpose = "document",
        dimensions: int | None = None,
        attempts: int = 5,
        user: str | None = None,
        private: tuple[str, ...] = (),
    ) -> Embeddings:
        """Vectors of ``texts``; ``purpose`` matters to models that embed questions otherwise than documents.

        ``user`` is the caller's name for whom it is, told to servers that take one. ``attempts`` counts how often a busy
        server is asked, with pauses that grow to 20 s. ``private`` are the reasons for which only private targets may see the texts.
        """
        found = self.catalogue.find(alias, "embeddings")
        if dimensions and dimensions != found.dimensions and "dimensions" not in found.abilities:
            known = f" It has {found.dimensions}." if found.dimensions else ""
            raise BadRequest(f"The model '{alias}' cannot change the dimensions of its vectors.{known}", param="dimensions")

        async def ask(target: Target) -> Embeddings:
            return await embeddings.embed(self._transport, Job(found, target, purpose, dimensions, user), texts, attempts=attempts)

        # A busy server has been asked often enough by then.
        allowed = found.model_copy(update={"targets": tuple(permitted(found, private))})
        return await Attempts(Route(allowed), self.health, Retry(rounds=0)).first(ask)

    async def rerank(self, alias: str, query: str, texts: Sequence[str], *, top_n: int, seconds: float = 5.0) -> Ranking:
        """The places of ``texts`` by their relevance to the query, best first; targets are tried in their order, each for ``seconds``."""
        found = self.catalogue.find(alias, "rerank")

        async def ask(target: Target) -> Ranking:
            return await rerank(self._transport, found, target, query, texts, top_n=top_n, seconds=seconds)

        return await Attempts(Route(found), self.health, Retry(rounds=0)).first(ask)

    async def _asked(self, alias: str, target: Target, request: Body, *, wait: float) -> Reply:
        wire = wire_of(target.provider)
        if wire is None:
            return await self._transport.post(alias, target, _CHAT, _json(request), wait=wait)
        streamed = bool(request["stream"])
        ask = wire.ask(target, request, streamed)
        reply = await self._transport.post(alias, target, ask.path, _json(ask.body), wait=wait, manners=wire.manners(ask))
        return wire.read(reply, wire.form(target, request)) if streamed else reply

    def _call(self, route: Route | str, body: Body, bearer: Bearer | None) -> Call:
        decided = self.route(route, body) if isinstance(route, str) else route
        return Call(decided, body, self.health, bearer).attempting(self.router.routing.retry)


def _json(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _parsed(alias: str, raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise failures.unusable(alias) from error


def _completion(alias: str, answer: Any) -> Body:
    try:
        first = answer["choices"][0]["message"]
    except (LookupError, TypeError) as error:
        raise failures.unusable(alias) from error
    if not isinstance(first, dict):
        raise failures.unusable(alias)
    for choice in answer["choices"]:
        choice["finish_reason"] = choice.get("finish_reason") or "stop"
    answer["model"] = alias
    return dict(answer)
