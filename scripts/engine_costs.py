"""Prints what each engine of vector stores costs in a month in which nobody asks it anything.

    python -m scripts.engine_costs [--million-rows 1]

Prices stand in catalogue/engines.yaml, where they are edited.
"""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

PRICES = Path(__file__).resolve().parent.parent / "catalogue" / "engines.yaml"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--million-rows", type=float, default=1.0, help="how many million rows the stores hold (default 1)")
    rows = parser.parse_args().million_rows
    prices = yaml.safe_load(PRICES.read_text(encoding="utf-8"))
    print(f"USD a month while idle, list prices of us-east-1 as of {prices['as_of']}; {rows:g} million rows of 1,024 dimensions\n")
    print(f"{'engine':<12}{'empty':>10}{'filled':>10}   what")
    for engine, empty, filled, what in costs(prices, rows):
        print(f"{engine:<12}{empty:>10.2f}{filled:>10.2f}   {what}")


def costs(prices: Mapping[str, Any], million_rows: float) -> Iterator[tuple[str, float, float, str]]:
    """For each engine what it costs a month with nothing in it and with so many rows, USD, and what it is."""
    for one in prices["engines"]:
        empty = idle(one, prices["hours_a_month"])
        stored = million_rows * prices["gib_per_million_rows"].get(one.get("rows"), 0) * one.get("per_gib_month", 0)
        least = one.get("least_a_month", 0)
        yield one["engine"], max(empty, least), max(empty + stored, least), one["what"]


def idle(one: Mapping[str, Any], hours: int) -> float:
    """What nodes and their volumes cost a month, USD."""
    return float(one.get("nodes", 0) * (one.get("hourly", 0) * hours + one.get("volume_gib", 0) * one.get("volume_gib_month", 0)))


if __name__ == "__main__":
    main()
