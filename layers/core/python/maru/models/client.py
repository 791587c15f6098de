"""The client of all models: an alias and a request in, OpenAI's shapes out, with what it used and cost."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self

from pydantic_core import to_json

from maru.errors import BadRequest
from maru.lean import Dynamo
from maru.models import embeddings, sizes
from maru.models.attempts import Attempts
from maru.models.calls import Bearer, Body, Call
from maru.models.catalogue import Alias, Catalogue, Target
from maru.models.completion import Completion, completion, parsed
from maru.models.continuing import Continuation
from maru.models.embedding_wire import Input, Job, Purpose
from maru.models.embeddings import Embeddings
from maru.models.health import Health
from maru.models.keys import KeyRing
from maru.models.providers import wire_of
from maru.models.rerank import Ranking, rerank
from maru.models.routing import Route, Router, Wish, narrowed, permitted
from maru.models.rules import Preference, Retry, Routing
from maru.models.settings import ModelSettings, Timeouts
from maru.models.stream import ModelStream
from maru.models.transport import Reply, Transport
from maru.models.usage import Usage, cost

if TYPE_CHECKING:
    from maru.guard.sensitivity import Sensitivity

_CHAT = "/chat/completions"


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

    @cached_property
    def sensitivity(self) -> "Sensitivity":
        """Says which texts only private targets may see."""
        from maru.guard.engine import Guard  # the guard asks models, too
        from maru.guard.sensitivity import Sensitivity

        return Sensitivity(Guard(), self.router.routing.sensitive)

    async def route(
        self,
        alias: Alias,
        body: Body,
        *,
        said: Iterable[str] | None = None,
        classes: Iterable[str] = (),
        asked: bool = False,
        preference: Preference = "balanced",
    ) -> Route:
        """Where a chat request may go: to private targets alone where what is ``said`` in it (None: all of it) is sensitive.

        ``classes`` are the data classes of passages in it, ``asked`` is the caller's own wish for private targets. Raises what
        :meth:`~maru.models.routing.Router.decide` does.
        """
        texts = sizes.texts(body) if said is None else said
        private = await self.sensitivity.reasons(alias, texts, classes=classes, asked=asked)
        return self.router.decide(alias, body, Wish(private, preference))

    async def complete(self, alias: str | Route, body: Body, *, bearer: Bearer | None = None) -> Completion:
        """One answer to OpenAI's chat request ``body``; its ``model`` and ``stream`` do not matter. A route was decided before."""
        call = await self._call(alias, body, bearer)

        async def ask(target: Target) -> Completion:
            request = {**call.body, "model": target.model, "stream": False}
            request.pop("stream_options", None)
            reply = await self._asked(call.name, target, request, wait=self._transport.timeouts.whole)
            wire = wire_of(target.provider)
            try:
                raw = await reply.read()
            finally:
                await reply.close(finished=True)
            answer = completion(call.route, wire.answer(call.name, raw, wire.form(target, body)) if wire else parsed(call.name, raw))
            usage = Usage.of(answer.get("usage"), images=call.images)
            return Completion(answer, usage, cost(usage, target.price), target, reply.limits)

        return await call.first(ask)

    async def chat(self, alias: str, body: Body) -> Body:
        """The answer's body alone, for who does not count its cost."""
        return (await self.complete(alias, body)).body

    async def stream(self, alias: str | Route, body: Body, *, bearer: Bearer | None = None) -> ModelStream:
        """The answer as it comes, from its first token on: ``async with await client.stream(…) as stream``.

        Usage is always asked of the server; its chunk is given only where ``body`` has ``stream_options.include_usage``. Where the
        answer breaks off, a target that ``continues`` goes on with it.
        """
        call = await self._call(alias, body, bearer)
        call.attempts.streamed = True
        stream = await call.first(lambda target: self._opened(call, target))
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
        private: tuple[str, ...] | None = None,
    ) -> Embeddings:
        """Vectors of ``texts``; ``purpose`` matters to models that embed questions otherwise than documents.

        ``user`` is the caller's name for whom it is, told to servers that take one. ``attempts`` counts how often a busy
        server is asked, with pauses that grow to 20 s. ``private`` are the reasons for which only private targets may see the texts,
        where somebody has found them already; None: the texts are looked at.
        """
        found = self.catalogue.find(alias, "embeddings")
        reasons = await self.sensitivity.reasons(found, texts) if private is None else private
        if dimensions and dimensions != found.dimensions and "dimensions" not in found.abilities:
            known = f" It has {found.dimensions}." if found.dimensions else ""
            raise BadRequest(f"The model '{alias}' cannot change the dimensions of its vectors.{known}", param="dimensions")

        async def ask(target: Target) -> Embeddings:
            return await embeddings.embed(self._transport, Job(found, target, purpose, dimensions, user), texts, attempts=attempts)

        # A busy server has been asked often enough by then.
        return await self._each_once(found, reasons).first(ask)

    async def rerank(
        self,
        alias: str,
        query: str,
        texts: Sequence[str],
        *,
        top_n: int,
        seconds: float = 5.0,
        classes: Iterable[str] = (),
        asked: bool = False,
    ) -> Ranking:
        """The places of ``texts`` by their relevance to the query, best first; targets are tried in their order, each for ``seconds``.

        Texts of data ``classes`` that need it, queries with personal data, and whatever is ``asked`` for go to private targets alone.
        """
        found = self.catalogue.find(alias, "rerank")
        reasons = await self.sensitivity.reasons(found, [query], classes=classes, asked=asked)

        async def ask(target: Target) -> Ranking:
            return await rerank(self._transport, found, target, query, texts, top_n=top_n, seconds=seconds)

        return await self._each_once(found, reasons).first(ask)

    def _each_once(self, alias: Alias, private: Sequence[str]) -> Attempts:
        """The targets that may see what is ``private`` for these reasons, each asked once in their order; raises :class:`Forbidden`."""
        return Attempts(Route(narrowed(alias, permitted(alias, private))), self.health, Retry(rounds=0))

    async def _asked(self, alias: str, target: Target, request: Body, *, wait: float) -> Reply:
        request = {**request, "messages": _in_roles_of(target, request["messages"])}
        wire = wire_of(target.provider)
        if wire is None:
            return await self._transport.post(alias, target, _CHAT, to_json(request), wait=wait)
        streamed = bool(request["stream"])
        ask = wire.ask(target, request, streamed)
        reply = await self._transport.post(alias, target, ask.path, to_json(ask.body), wait=wait, manners=wire.manners(ask))
        return wire.read(reply, wire.form(target, request)) if streamed else reply

    async def _call(self, route: Route | str, body: Body, bearer: Bearer | None) -> Call:
        decided = await self.route(self.catalogue.find(route, "chat"), body) if isinstance(route, str) else route
        return Call(decided, body, self.health, bearer).attempting(self.router.routing.retry)


def _in_roles_of(target: Target, messages: list[Body]) -> list[Body]:
    """The messages in roles that the target's server knows: most chat templates know no developer, and refuse it."""
    return [one | {"role": target.developer} if one["role"] == "developer" else one for one in messages]
