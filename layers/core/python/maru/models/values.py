"""This place's values in the catalogue's texts: ``${NAME}``, and ``${NAME:-other}`` for one that may be absent."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

#: A name, and what stands for it where it has no value.
NAME = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def without_value(entry: Any, values: Mapping[str, str]) -> set[str]:
    """The names in an entry that have neither a value nor a substitute."""
    names = (match for text in _texts(entry) for match in NAME.finditer(text))
    return {match[1] for match in names if match[2] is None and not values.get(match[1])}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def filled(value: Any, values: Mapping[str, str], *, keep: bool = False) -> Any:
    """The entry with this place's values; names without one vanish, or stand as they are where ``keep`` asks for it."""
    if isinstance(value, dict):
        return {name: filled(part, values, keep=keep) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, values, keep=keep) for part in value]
    if not isinstance(value, str) or not NAME.search(value):
        return value
    # An empty result means that the field is absent: `${EMBED_DIMENSIONS:-}`.
    return NAME.sub(lambda match: values.get(match[1]) or (match[0] if keep and match[2] is None else match[2] or ""), value) or None


def inside(url: str) -> bool:
    """Whether a URL's host is of a private network, by its address or by a name that no public server can have."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def of_openai(url: str) -> bool:
    """Whether a URL is OpenAI's own, or of its models on Azure."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host.endswith((".openai.com", ".openai.azure.com"))
