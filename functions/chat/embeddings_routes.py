"""``POST /v1/embeddings``."""

import base64
import json
from array import array
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from functions.chat.routed import Private
from maru.guard.journal import Journal
from maru.guard.plain import EMBEDDINGS, Doors
from maru.http import DirectRoute, exchange, provided, require
from maru.identity import Caller
from maru.ledger.meter import Meter
from maru.models import ModelClient, dollars, record
from maru.models.requests import EmbeddingRequest
from maru.models.routing import permitted
from maru.telemetry import Telemetry

router = APIRouter(tags=["embeddings"], route_class=DirectRoute)

#: A person waits: a busy server is asked twice, no more.
_ATTEMPTS = 2


@router.post("/v1/embeddings", response_model=None)
async def create_embedding(
    body: EmbeddingRequest,
    request: Request,
    caller: Annotated[Caller, Depends(require("chat"))],
    models: Annotated[ModelClient, Depends(provided(ModelClient))],
    log: Annotated[Telemetry, Depends(provided(Telemetry))],
    meter: Annotated[Meter, Depends(provided(Meter))],
    doors: Annotated[Doors, Depends(provided(Doors))],
    journal: Annotated[Journal, Depends(provided(Journal))],
    private: Private = None,
) -> Response:
    """Vectors in OpenAI's shape, as floats or as base64 of little-endian 32-bit floats."""
    current = exchange(request)
    current.object_id = body.model
    alias = models.catalogue.find(body.model, "embeddings")
    journal.noting(current, caller)
    door = await doors.open(caller.tenant, EMBEDDINGS)
    inputs, user = await door.inputs(body.inputs(), param="input"), await door.who(body.user)
    reasons = await models.sensitivity.reasons(alias, inputs, asked=bool(private))
    permitted(alias, reasons)
    charge = await meter.embeddings(caller, alias, inputs, current.headers, request_id=current.request_id)
    current.close = charge.close
    with current.model_time(), charge.attempt():
        found = await models.embed(body.model, inputs, dimensions=body.dimensions, attempts=_ATTEMPTS, user=user, private=reasons)
    charge.answered(found.target, found.usage)
    current.headers["x-maru-model"] = found.target.model
    if found.cost_usd is not None:
        current.headers["x-maru-cost-usd"] = dollars(found.cost_usd)
    record(log, caller, body.model, target=found.target, usage=found.usage, cost_usd=found.cost_usd)
    packed = body.encoding_format == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(vector) if packed else vector}
        for index, vector in enumerate(found.vectors)
    ]
    usage = {"prompt_tokens": found.usage.prompt_tokens, "total_tokens": found.usage.total_tokens}
    answer: dict[str, Any] = {"object": "list", "data": data, "model": body.model, "usage": usage} | door.told()
    return Response(json.dumps(answer, separators=(",", ":")), media_type="application/json")


def _packed(vector: list[float]) -> str:
    return base64.b64encode(array("f", vector).tobytes()).decode()
