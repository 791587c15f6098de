"""Indicators of compromise in an event: addresses, domains, URLs, hashes, e-mail addresses and files, shown so that nobody clicks them."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from maru.chains.triage.facts import Fact

_MOST = 100
_REFANG = (
    (re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE), "."),
    (re.compile(r"\[:\]"), ":"),
    (re.compile(r"\[://\]"), "://"),
    (re.compile(r"\bhxxp", re.IGNORECASE), "http"),
    (re.compile(r"\[@\]|\[at\]", re.IGNORECASE), "@"),
)
_URL = re.compile(r"\b(?:https?|ftp)://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}\b", re.IGNORECASE)
_V4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]|\w)")
_V6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:.])", re.IGNORECASE)
_HASH = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-f])", re.IGNORECASE)
_DOMAIN = re.compile(r"(?<![\w@./\\-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?![\w.(\\-])", re.IGNORECASE)
_HASHES = {32: "md5", 40: "sha1", 64: "sha256"}
#: Keys whose hexadecimal values are identifiers, not hashes of files.
_HASH_KEYS = re.compile(r"\b(md ?5|sha ?1|sha ?256|hash(es)?|imphash|checksum|digest|file hash|signature)\b")
#: Where a bare name with a dot is a host: elsewhere it is a file, a module, a version or a Java class.
_HOST_KEYS = re.compile(
    r"\b(domain|host|hostname|dns|rrname|query|fqdn|server|url|uri|sni|referer|destination|site|tld|target name|remote name|dst|dest)\b"
)
_SUFFIXES = re.compile(
    r"\.(com|net|org|info|biz|io|co|kr|jp|cn|ru|top|xyz|site|online|club|dev|app|cloud|me|tk|ml|ga|cf|gq|su|in|us|uk|de|fr|nl|br|tw|vn|onion|"
    r"ai|cc|ws|pw|shop|live|pro|link|click|icu|zip|mov|example|test|gov|edu|mil)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Ioc:
    """One indicator with the fact it stands in; ``value`` is as found, ready to be compared."""

    type: str
    value: str
    fact: Fact

    def public(self, event: int) -> dict[str, object]:
        """The indicator as callers get it, defanged, with its evidence."""
        return {"type": self.type, "value": defang(self.value, self.type), "evidence": evidence(event, self.fact)}


def evidence(event: int, fact: Fact) -> dict[str, object]:
    """Where a claim stands: the input's number, the field, and its value, at most 300 characters of it."""
    value = fact.value if not isinstance(fact.value, str) or len(fact.value) <= 300 else fact.value[:299] + "…"
    return {"event": event, "field": fact.field, "value": value}


def extract(found: Iterable[Fact]) -> list[Ioc]:
    """The indicators of an event, each once, in the order they are met; private and reserved addresses are left out."""
    seen: dict[tuple[str, str], Ioc] = {}
    for fact in found:
        if isinstance(fact.value, str):
            for kind, value in _of_text(refang(fact.text), fact.key):
                seen.setdefault((kind, value.lower()), Ioc(kind, value, fact))
        if len(seen) >= _MOST:
            break
    return list(seen.values())


def refang(text: str) -> str:
    """A text with its defanged indicators as they were: ``hxxp://evil[.]com`` is ``http://evil.com``."""
    for pattern, plain in _REFANG:
        text = pattern.sub(plain, text)
    return text


def defang(value: str, kind: str) -> str:
    """An indicator that no program makes a link of: ``hxxp://evil[.]com``, ``203[.]0[.]113[.]9``."""
    if kind in _HASHES.values():
        return value
    if kind == "url":
        scheme, _, rest = value.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme.lower().replace('t', 'x')}://{host.replace('.', '[.]').replace('@', '[@]')}{slash}{path}"
    if kind == "ipv6":
        return value.replace(":", "[:]")
    return value.replace(".", "[.]").replace("@", "[@]")


def _of_text(text: str, key: str) -> Iterable[tuple[str, str]]:
    for url in _URL.findall(text):
        yield "url", url.rstrip(".,;)]")
    rest = _URL.sub(lambda one: f" {_host(one[0])} ", text)
    for mail in _EMAIL.findall(rest):
        yield "email", mail.lower()
    rest = _EMAIL.sub(" ", rest)
    yield from _addresses(rest)
    hexadecimal = [one.lower() for one in _HASH.findall(rest)]
    yield from ((_HASHES[len(one)], one) for one in hexadecimal if len(one) == 64 or _HASH_KEYS.search(key) or "=" in text)
    is_host = bool(_HOST_KEYS.search(key)) or rest != text
    for domain in _DOMAIN.findall(rest):
        if is_host and _SUFFIXES.search(domain):
            yield "domain", domain.lower()


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]


def _addresses(text: str) -> Iterable[tuple[str, str]]:
    for kind, pattern in (("ipv4", _V4), ("ipv6", _V6)):
        for one in pattern.findall(text):
            if _public(one):
                yield kind, one.lower()


def _public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    # Documentation ranges count: they stand for public addresses in samples, and in real logs they are odd enough to be told.
    documentation = any(address in network for network in _DOCUMENTATION if network.version == address.version)
    return documentation or (address.is_global and not address.is_multicast)


_DOCUMENTATION = [ipaddress.ip_network(one) for one in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]
