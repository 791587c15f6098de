"""How much JavaScript a page of the console loads on a cold cache: `python -m scripts.console_size`, gzip as CloudFront compresses.

Counted is what the page's own module needs before it can draw: the entry, and all that it and the page import statically. What
comes on demand (code colours, formulas, PDF.js) is listed beside it.
"""

import gzip
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts import console

#: kB of 1,000 bytes, of the chat page.
LIMIT = 350.0
WIDGET_LIMIT = 15.0
_STATIC = re.compile(r"""(?:\bfrom|\bimport)\s*["']\./([\w.-]+\.js)["']""")
_LAZY = ("Code-", "Formula-", "PdfView-")


def main() -> int:
    """Print a row a page; 1 where the chat page or the widget is above its limit."""
    folder = console.built()
    if folder is None:
        print("The console is not built: python -m scripts.console")
        return 1
    assets = folder / "assets"
    entry = _entry(folder)
    pages = {page.name.split("-")[0]: size(_needs(assets, {entry, page.name})) for page in sorted(assets.glob("*Page-*.js"))}
    for name, kilobytes in pages.items():
        print(f"  {name}: {kilobytes:.1f} kB of JavaScript, gzip{f' (at most {LIMIT:.0f})' if name == 'ChatPage' else ''}")
    for lazy in sorted(path for prefix in _LAZY for path in assets.glob(f"{prefix}*.js")):
        print(f"    on demand: {lazy.name.split('-')[0]} {size({lazy}):.1f} kB")
    widget = size({folder / "widget.js"})
    print(f"  the widget for other pages: {widget:.1f} kB (at most {WIDGET_LIMIT:.0f})")
    return 0 if pages["ChatPage"] <= LIMIT and widget <= WIDGET_LIMIT else 1


def _entry(folder: Path) -> str:
    found = re.search(r'src="/assets/(index-[\w-]+\.js)"', (folder / "index.html").read_text(encoding="utf-8"))
    assert found, "the page names no script"  # noqa: S101 - the build's own output
    return found[1]


def _needs(assets: Path, names: set[str]) -> set[Path]:
    found: set[Path] = set()
    waiting = {assets / name for name in names}
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting |= set(_imports(one)) - found
    return found


def _imports(script: Path) -> Iterator[Path]:
    for name in _STATIC.findall(script.read_text(encoding="utf-8")):
        yield script.parent / name


def size(scripts: set[Path]) -> float:
    """kB of these files together, each compressed by itself."""
    return sum(len(gzip.compress(script.read_bytes(), 9)) for script in scripts) / 1000


if __name__ == "__main__":
    sys.exit(main())
