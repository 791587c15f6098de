"""Links that could carry something out: images that load by themselves, and addresses of hosts that nobody named.

``options: {hosts: [names]}`` are always welcome; so are the hosts of the fact ``hosts`` (those that passages or the user named).
Without that fact only images and links with data in them are told.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding

_IMAGE = re.compile(r"(?i)!\[[^\]\n]{0,500}\]\(\s{0,3}<?(?P<url>(?:https?:)?//[^\s)>]{1,2000})[^)\n]{0,300}\)")
_REFERENCE = re.compile(r"(?mi)^[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]{0,3}<?(?P<url>(?:https?:)?//[^\s>]{1,2000})")
_TAG = re.compile(
    r"(?i)<(?:img|iframe|script|link|object|embed|video|audio|source)\b[^>]{0,500}?(?:src|href|data)\s?=\s?[\"']?(?P<url>(?:https?:)?//[^\s\"'>]{1,2000})[^>]{0,500}>?"
)
_URL = re.compile(r"(?i)\bhttps?://[^\s<>\"'`\])}]{1,2000}")
#: So much in a query or path is data rather than an address.
_CARRIES = 64


class Links:
    """Labels: ``image`` (loads by itself), ``unknown_host``, ``data`` (carries much in its query)."""

    name = "links"
    unit: Unit = "span"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Links that are not plainly welcome."""
        welcome = {str(host).lower() for host in (*subject.options.get("hosts", ()), *(subject.facts.get("hosts") or ()))}
        text = subject.read.text
        taken: list[tuple[int, int]] = []
        for pattern in (_IMAGE, _REFERENCE, _TAG):
            for match in pattern.finditer(text):
                if not _known(_host(match["url"]), welcome):
                    taken.append(match.span())
                    yield Finding("links", "image", *subject.read.original(*match.span()), 0.9, "loads from a host that nobody named")
        for match in _URL.finditer(text):
            inside = any(start <= match.start() < end for start, end in taken)
            if inside or _known(_host(match[0]), welcome):
                continue
            label = _label(match[0], known_hosts="hosts" in subject.facts)
            if label:
                yield Finding("links", label, *subject.read.original(*match.span()), 0.7, "link to a host that nobody named")


def _label(url: str, *, known_hosts: bool) -> str | None:
    if known_hosts:
        return "unknown_host"
    parts = urlsplit(url)
    return "data" if len(parts.query) + len(parts.fragment) >= _CARRIES else None


def hosts_of(text: str) -> frozenset[str]:
    """The hosts of all addresses in a text."""
    return frozenset(filter(None, (_host(match[0]) for match in _URL.finditer(text))))


def _host(url: str) -> str:
    try:
        return (urlsplit(url if "://" in url else "https:" + url).hostname or "").lower()
    except ValueError:
        return ""


def _known(host: str, welcome: set[str]) -> bool:
    return any(host == one or host.endswith("." + one) for one in welcome)


CHECK = Links()
