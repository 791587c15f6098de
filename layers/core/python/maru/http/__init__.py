"""The HTTP face of every function: one application factory with identity, errors, idempotency and audit built in."""

from maru.http.app import App, create_app, provided
from maru.http.direct import DirectRoute
from maru.http.exchange import Exchange, exchange
from maru.http.scopes import require
from maru.http.services import HttpServices, HttpSettings

__all__ = ["App", "DirectRoute", "Exchange", "HttpServices", "HttpSettings", "create_app", "exchange", "provided", "require"]
