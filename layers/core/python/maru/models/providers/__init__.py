"""The languages of model servers that do not speak OpenAI's protocol: requests into them, answers and streams out of them.

A provider is one module with a ``WIRE``: it is imported when the first of its targets is asked, so that nobody pays for the others.
OpenAI's own protocol needs none: its bytes are forwarded as they are.
"""

from functools import cache
from importlib import import_module

from maru.models.providers.wire import Wire

_MODULES = {"anthropic": "anthropic", "bedrock": "bedrock", "gemini": "gemini", "sagemaker": "sagemaker"}


@cache
def wire_of(provider: str) -> Wire | None:
    """How the provider wants to be spoken to; None where it speaks OpenAI's protocol."""
    if provider not in _MODULES:
        return None
    wire = import_module(f"{__name__}.{_MODULES[provider]}").WIRE
    assert isinstance(wire, Wire)  # noqa: S101 - each module has one
    return wire


__all__ = ["Wire", "wire_of"]
