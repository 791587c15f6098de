"""What a page says to robots: where its links lead, whether it may be kept, what it is called."""

from dataclasses import dataclass

from maru.knowledge.sources.scope import normal


@dataclass(frozen=True)
class Seen:
    """The links of a page in plain form, each once; whether it may be indexed; its title."""

    links: tuple[str, ...]
    indexed: bool
    title: str


def look(body: bytes, url: str, header: str) -> Seen:
    """Read an HTML page; ``header`` is its X-Robots-Tag. A page that cannot be read has no links and is indexed as it is."""
    from lxml import etree, html

    try:
        tree = html.fromstring(body, base_url=url, parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, ValueError):
        return Seen((), _indexed(header), "")
    told = " ".join([header, *(str(one) for one in tree.xpath("//meta[translate(@name,'ROBTS','robts')='robots']/@content"))]).lower()
    base = next((str(one) for one in tree.xpath("//base/@href")), url)
    title = " ".join(str(one) for one in tree.xpath("//title//text()")[:1]).strip()
    return Seen(() if "nofollow" in told or "none" in told else _links(tree, base), _indexed(told), " ".join(title.split())[:200])


def _indexed(told: str) -> bool:
    return not {"noindex", "none"} & {word.strip() for word in told.lower().replace(";", ",").replace(" ", ",").split(",")}


def _links(tree: object, base: str) -> tuple[str, ...]:
    anchors = tree.xpath("//a[@href]")  # type: ignore[attr-defined]
    followed = (one.get("href") for one in anchors if "nofollow" not in (one.get("rel") or ""))
    return tuple(dict.fromkeys(plain for link in followed if (plain := normal(link, base)) is not None))
