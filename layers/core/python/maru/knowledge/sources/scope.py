"""Where a source may reach: hosts that the operator allows, and below them what the source itself names.

Reading an intranet is the purpose, so private addresses are no reason to refuse; what bounds it is the operator's list of hosts,
which is asked again for every address that a page, or a redirect, leads to.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit, urlunsplit

from maru.errors import BadRequest

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(\*\.)?[\w-]+(\.[\w-]+)*(:(\d{1,5}|\*))?|\[[0-9a-fA-F:.]+\](:(\d{1,5}|\*))?")


def check_url(url: str, hosts: Sequence[str], *, param: str = "url") -> str:
    """The address in its plain form. Raises BadRequest for one that is none, or whose host the operator does not allow."""
    plain = normal(url)
    if plain is None:
        raise BadRequest("An address is an http or https URL without a user in it.", param=param)
    if not allowed(plain, hosts):
        message = f"The host of this address is not among those that this deployment may read: {', '.join(hosts) or 'none'}."
        remedy = "An operator names them: `-c source_hosts=…` at the deployment, MARU_SOURCE_HOSTS=… on one machine."
        raise BadRequest(f"{message} {remedy}", param=param, code="host_not_allowed")
    return plain


def normal(url: str, base: str | None = None) -> str | None:
    """An address without its fragment, scheme and host in lower case; None for what no source reads."""
    try:
        whole = urldefrag(urljoin(base, url.strip()) if base else url.strip())[0]
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in _PORTS or not host or "@" in parts.netloc or len(whole) > 1000:
        return None
    name = f"[{host}]" if ":" in host else host
    place = name if port in (None, _PORTS[scheme]) else f"{name}:{port}"
    return urlunsplit((scheme, place, parts.path or "/", parts.query, ""))


def wrong_hosts(hosts: Sequence[str]) -> list[str]:
    """The entries of an operator's list that can match no address (:func:`allowed` says what matches)."""
    return [entry for entry in hosts if not _HOST.fullmatch(entry)]


def allowed(url: str, hosts: Sequence[str]) -> bool:
    """Whether a plain address's host is on the list: ``wiki.corp``, ``*.corp`` (what is below it), each with ``:port`` or ``:*``.

    Without a port only the scheme's own one is meant.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    return any(_matches(entry.lower(), host, port, _PORTS[parts.scheme]) for entry in hosts)


def _matches(entry: str, host: str, port: int, usual: int) -> bool:
    name, colon, number = entry.rpartition(":") if not entry.endswith("]") else (entry, "", "")
    if not colon:
        name = entry
    name = name.strip("[]")
    if colon and number != "*" and number != str(port):
        return False
    if not colon and port != usual:
        return False
    return host == name or (name.startswith("*.") and host.endswith(name[1:]))


@dataclass(frozen=True)
class Scope:
    """Which addresses a crawl follows: those below ``include`` (prefixes; the start's own folder by default), none below ``exclude``."""

    hosts: tuple[str, ...]
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()

    @classmethod
    def of(cls, start: str, hosts: Sequence[str], include: Sequence[str], exclude: Sequence[str]) -> "Scope":
        """The scope of a source."""
        parts = urlsplit(start)
        folder = urlunsplit((parts.scheme, parts.netloc, parts.path.rpartition("/")[0] + "/", "", ""))
        return cls(tuple(hosts), tuple(include) or (folder,), tuple(exclude))

    def holds(self, url: str) -> bool:
        """Whether the plain address is to be read."""
        inside = url.startswith(self.include) and not (self.exclude and url.startswith(self.exclude))
        return inside and allowed(url, self.hosts)
