"""An answer out of the cache, whole or as a stream: guarded and stored as a model's would be, and charged nothing."""

import asyncio
import time
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

from functions.chat.keeping import Keeping
from functions.chat.relay import Relay
from maru.cache.replay import ReplayedStream
from maru.cache.responses import Found
from maru.http import Exchange
from maru.ids import new_id
from maru.ledger.meter import Meter
from maru.models import Alias


async def again(found: Found, keeping: Keeping, meter: Meter, alias: Alias, current: Exchange) -> Response:
    """Give the answer again, under an id and a time of its own. Raises where plan or rates refuse the request."""
    saved = (found.entry.cost, found.entry.tokens)
    charge = await meter.cached(keeping.caller, alias, current.headers, kind=found.kind, saved=saved, request_id=current.request_id)
    current.close = charge.close
    current.headers |= {"x-maru-model": found.entry.model, "x-maru-cost-usd": "0", "x-maru-route": "cache"}
    completion = found.completion | {"id": new_id("chatcmpl-"), "created": int(time.time())}
    if not keeping.body.stream:
        return whole(await keeping.told(completion))
    options = keeping.body.stream_options
    replayed: Any = ReplayedStream(completion, found.entry.model, include_usage=bool(options and options.include_usage))

    async def opened() -> Any:
        return keeping.told_stream(replayed)

    return Relay(asyncio.create_task(opened()), current, lambda stream, outcome: None)  # noqa: ARG005 - it is settled already


def whole(body: dict[str, Any]) -> Response:
    """A completion as JSON."""
    return Response(to_json(body), media_type="application/json")
