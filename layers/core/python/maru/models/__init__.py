"""The one room that talks to models. Everything that thinks is reached through an alias of ``catalogue/models.yaml``.

::

    class Settings(HttpSettings, ModelSettings): ...       # a function's settings
    client = ModelClient.connect(settings)                 # makes no call
    async with client: ...                                 # an HTTP function's lifespan: connections are kept

    answer = await client.complete("default", {"messages": […], "temperature": 0})
    answer.text, answer.body                               # first content; the whole OpenAI object, `model` is the alias
    answer.usage, answer.cost_usd                          # Usage | None, Decimal | None (None: unknown, never free)

    async with await client.stream("default", {"messages": […]}) as stream:
        async for chunk in stream.chunks():                # parsed chat.completion.chunk objects …
            chunk["choices"][0]["delta"].get("content")
        # … or `async for block in stream.blocks()`: bytes ready to be sent
        stream.usage, stream.cost_usd                      # after the last one

    route = await client.route(client.catalogue.find("auto", "chat"), body, asked=True)   # decided, reserved for, given for the name
    await client.stream(route, body)

    found = await client.embed("embedding", ["text", …], purpose="document" or "query")
    found.vectors, found.usage, found.cost_usd             # works in a fresh loop each time: asyncio.run(client.embed(…))

    ranking = await client.rerank("rerank", query, ["text", …], top_n=5)    # ranking.order: (place, relevance), best first

    record(log, caller, "default", target=answer.target, usage=answer.usage, cost_usd=answer.cost_usd)    # one line per call

    client.catalogue.find("embedding", "embeddings").languages, .dimensions

Errors are Maru's own: ``Unavailable`` (503) for a server that is down or silent, ``RateLimited``, ``BadRequest``,
``UpstreamFailed``; ``StreamBroken`` (an ``UpstreamFailed``) out of a stream whose model died midway.
"""

from maru.models.calls import Bearer
from maru.models.catalogue import Alias, Catalogue, CatalogueError, Target
from maru.models.client import ModelClient
from maru.models.completion import Completion
from maru.models.embeddings import Embeddings
from maru.models.failures import StreamBroken
from maru.models.keys import KeyRing
from maru.models.prices import Price
from maru.models.record import record
from maru.models.rerank import Ranking
from maru.models.routing import Route, Router, Wish
from maru.models.settings import ModelSettings, Timeouts
from maru.models.stream import ModelStream
from maru.models.usage import Usage, dollars

__all__ = [
    "Alias",
    "Bearer",
    "Catalogue",
    "CatalogueError",
    "Completion",
    "Embeddings",
    "KeyRing",
    "ModelClient",
    "ModelSettings",
    "ModelStream",
    "Price",
    "Ranking",
    "Route",
    "Router",
    "StreamBroken",
    "Target",
    "Timeouts",
    "Usage",
    "Wish",
    "dollars",
    "record",
]
