"""Links that could carry something out: what loads by itself, and addresses of hosts that nobody named.

Read are Markdown's links and images with their references and autolinks, the attributes of HTML that lead somewhere, and CSS; each
address as a browser reads it (the URL Standard of WHATWG): with slashes either way round or left out, entities and percent signs read,
blanks within it gone. ``options: {hosts: [names]}`` are always welcome; so are the hosts of the fact ``hosts`` (those that passages or
the user named). Without that fact only what loads by itself, scripts, and links with data in them are told.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding

#: Characters of an address at most, and of the label before it; what is longer is read from its address on.
LONGEST, LABEL = 2_000, 500
_BRACKETED = rf"(?:[^\[\]]|\[[^\[\]]{{0,200}}\]){{0,{LABEL}}}"
#: Elements that lead somewhere.
TAGS = (
    "a|animate|applet|area|audio|base|bgsound|body|button|embed|feimage|form|frame|iframe|image|img|input|link|meta|object|picture|"
    "portal|script|set|source|svg|table|tbody|td|th|thead|tr|track|use|video"
)
_ATTRIBUTES = (
    r"src|srcset|imagesrcset|href|xlink:href|poster|background|data|action|formaction|ping|content|srcdoc|to|from|values|code|"
    r"codebase|lowsrc"
)
_PARENTHESES = r"\((?:[^\s()]|\([^\s()]{0,300}\)){0,500}\)"
_INLINE = re.compile(
    rf"(?P<label>!?\[{_BRACKETED})?\]\(\s{{0,9}}"
    rf"(?:<(?P<held>[^<>\n]{{1,{LONGEST}}})>?|(?P<bare>(?:[^\s<>()]|{_PARENTHESES}){{1,{LONGEST}}}))(?:[^)\n]{{0,300}}\))?"
)
_DEFINITION = re.compile(
    rf"(?m)^(?:[ \t>]|[-*+] |\d{{1,3}}[.)] ){{0,12}}(?P<from>\[[^\]\n]{{1,200}}\]:)\s{{0,9}}<?(?P<url>[^\s>]{{1,{LONGEST}}})"
)
_QUOTED = r"\"[^\"]{0,4000}\"|'[^']{0,4000}'"
_TAG = re.compile(rf"(?i)<(?P<name>{TAGS})(?=[\s/])(?P<rest>(?:[^<>\"']|{_QUOTED}|[\"']){{0,3000}}+)>?")
_ATTRIBUTE = re.compile(rf"(?i)(?<![\w:-])(?P<name>{_ATTRIBUTES})\s{{0,9}}=\s{{0,9}}(?P<value>\"[^\"]*|'[^']*|[^\s\"'>]+)")
_CSS = re.compile(
    rf"(?i)(?:(?<![\w-])(?:url|image-set)\(\s{{0,9}}|@import\s{{0,9}})[\"']?(?P<url>[^\s\"'();]{{1,{LONGEST}}})[\"']?\s{{0,9}}\)?"
)
_URL = re.compile(rf"(?i)(?<![a-z0-9])(?:(?:https?|ftp|wss?):[/\\]{{1,4}}|www\.(?=[\w-]+\.)|mailto:)[^\s<>\"'`\])}}]{{1,{LONGEST}}}")
_NAMED = re.compile(r"(?i)(?<![\w:/])//(?=[\w-]+\.[\w-])[^\s<>\"'`\])}]{1,2000}")
_STOPS = ".,;:!?*_~…。，、"
#: Korean particles at the end of a host of Latin letters, which no registry's names have.
_PARTICLE = re.compile(r"(?<=[a-z0-9])[가-힣]+\Z")
#: Schemes behind which slashes may be of any number and either way round.
_SPECIAL = frozenset({"http", "https", "ftp", "ws", "wss"})
_SCHEME = re.compile(r"(?i)([a-z][a-z0-9+.\-]{0,20}):")
#: What runs in the reader's browser; pictures as data load nothing.
_SCRIPTS = frozenset({"javascript", "vbscript", "data", "blob", "filesystem", "file"})
_PICTURE = re.compile(r"(?i)data:image/(?:png|gif|jpe?g|webp|bmp|avif)[;,]")
#: Of characters in a query, a path's part or a host's, so many are data rather than an address.
_CARRIES, _CARRIES_IN_HOST = 64, 40
_BULK = re.compile(rf"[A-Za-z0-9%+=~]{{{_CARRIES},}}")
_WHY = {
    "image": "loads from a host that nobody named",
    "script": "runs in the reader's browser",
    "unknown_host": "link to a host that nobody named",
    "data": "link that carries data to a host that nobody named",
}


@dataclass(frozen=True, slots=True)
class Link:
    """An address in a text, with the span that goes with it; ``loads`` what a reader does not choose to open."""

    url: str
    start: int
    end: int
    loads: bool


class Links:
    """Labels: ``image`` (loads by itself), ``script``, ``unknown_host``, ``data`` (carries much in its query, path or host)."""

    name = "links"
    unit: Unit = "span"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Links that are not plainly welcome."""
        welcome = {str(host).lower() for host in (*subject.options.get("hosts", ()), *(subject.facts.get("hosts") or ()))}
        taken: list[tuple[int, int]] = []
        for link in _links(subject.read.text):
            if any(start <= link.start < end for start, end in taken):
                continue
            label = _label(link, welcome, named="hosts" in subject.facts)
            if label:
                taken.append((link.start, link.end))
                score = 0.9 if label in {"image", "script"} else 0.7
                yield Finding("links", label, *subject.read.original(link.start, link.end), score, _WHY[label])


def _links(text: str) -> Iterator[Link]:
    """Every address of a text, those that load by themselves first."""
    if "](" in text or "]:" in text:
        yield from _marked(text)
    if "<" in text:
        yield from _tagged(text)
    for match in _CSS.finditer(text) if "(" in text or "@" in text else ():
        yield Link(match["url"], *match.span(), loads=True)
    for match in _URL.finditer(text):
        url = match[0].rstrip(_STOPS)
        yield Link(url, match.start(), match.start() + len(url), loads=False)


def _marked(text: str) -> Iterator[Link]:
    """Markdown's, images whole, of links to be clicked the address."""
    yield from _inline(text, 0, len(text))
    for match in _DEFINITION.finditer(text):
        yield Link(match["url"], match.start("from"), match.end(), loads=True)  # which may be an image's


def _inline(text: str, start: int, end: int) -> Iterator[Link]:
    for match in _INLINE.finditer(text, start, end):
        name = "held" if match["held"] else "bare"
        image = (match["label"] or "!").startswith("!")  # a label that is too long may have been an image's
        yield Link(match[name], *(match.span() if image else match.span(name)), loads=image)
        if match["label"] and "](" in match["label"]:
            yield from _inline(text, match.start("label") + 1, match.end("label") + 1)


def _tagged(text: str) -> Iterator[Link]:
    """HTML's, of what loads the whole element's beginning, of links to be clicked the address."""
    for match in _TAG.finditer(text):
        clicked = match["name"].lower() in {"a", "area"}
        for one in _ATTRIBUTE.finditer(match["rest"]):
            loads = not clicked or one["name"].lower() != "href"
            value = one["value"].lstrip("\"'")
            last = match.start("rest") + one.end("value")
            span = match.span() if loads else (last - len(value), last)
            for url in _addresses(one["name"].lower(), value):
                yield Link(url, *span, loads=loads)


def _addresses(attribute: str, value: str) -> Iterator[str]:
    """The addresses of an attribute: one, those of a list, or those within what it holds."""
    value = html.unescape(value)
    if attribute == "srcdoc":
        yield from (link.url for link in _links(value) if link.loads)
    elif attribute == "content":
        yield from (part.split("=", 1)[1].strip(" \"'") for part in value.split(";") if part.strip().lower().startswith("url"))
    elif attribute in {"srcset", "imagesrcset", "ping", "values"}:
        yield from re.split(r"[\s,;]+", value)
    else:
        yield value


def _label(link: Link, welcome: set[str], *, named: bool) -> str | None:
    scheme, host, rest = _read(link.url)
    if scheme in _SCRIPTS:
        return None if _PICTURE.match(link.url) else "script"
    if host is None or _known(host, welcome):
        return None
    if link.loads:
        return "image"
    if named and scheme != "mailto":
        return "unknown_host"
    path, _, query = rest.replace("#", "?").partition("?")
    much = len(query) >= _CARRIES or bool(_BULK.search(path)) or any(len(part) >= _CARRIES_IN_HOST for part in host.split("."))
    return "data" if much else None


def _read(url: str) -> tuple[str, str | None, str]:
    """Scheme, host and the rest of an address as a browser reads it; the host is None where it is a place on the same one."""
    url = re.sub(r"[\t\n\r]", "", html.unescape(url)).strip().replace("\\", "/")
    found = _SCHEME.match(url)
    scheme = found[1].lower() if found else ""
    rest = url[found.end() :] if found else url
    if scheme == "mailto":
        address, _, query = rest.partition("?")
        return scheme, address.rpartition("@")[2].lower(), f"?{query}"
    if url.lower().startswith("www."):
        scheme, rest = "https", f"//{url}"
    if scheme not in _SPECIAL and (scheme or not rest.startswith("//")):
        return scheme, None, ""
    authority, rest = re.match(r"/*([^/?#]*)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]  # matches anything
    host = unquote(authority.rpartition("@")[2]).replace("\u3002", ".").lower()
    return scheme, _PARTICLE.sub("", re.sub(r":\d*\Z", "", host.strip(_STOPS))).strip(_STOPS) or None, rest


def hosts_of(text: str) -> frozenset[str]:
    """The hosts of all addresses in a text."""
    found = (_read(match[0]) for pattern in (_URL, _NAMED) for match in pattern.finditer(text))
    return frozenset(host for scheme, host, _ in found if host and scheme != "mailto")


def _known(host: str, welcome: set[str]) -> bool:
    return any(host == one or host.endswith("." + one) for one in welcome)


CHECK = Links()
