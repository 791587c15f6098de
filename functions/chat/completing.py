"""What chat completions are made with."""

from dataclasses import dataclass

from functions.chat.screening import Screening
from maru.cache.responses import ResponseCache
from maru.guard.journal import Journal
from maru.ledger.meter import Meter
from maru.models import ModelClient
from maru.models.stored import StoredCompletions
from maru.telemetry import Telemetry


@dataclass(frozen=True)
class Completing:
    """The collaborators of the route, found at once: FastAPI works on every dependency of a request anew."""

    models: ModelClient
    meter: Meter
    screening: Screening
    cache: ResponseCache
    stored: StoredCompletions
    journal: Journal
    log: Telemetry
