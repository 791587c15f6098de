"""What each GPU endpoint of the catalogue costs per month: asleep, in office hours, and always on.

    python -m scripts.gpu_costs [--hours N]        N hours a month instead of 176 (8 hours on 22 days)

Prices are those of catalogue/endpoints.yaml; a copy's volume counts while it runs, the alarms always.
"""

import argparse
from decimal import Decimal

from infra import ROOT
from infra.endpoints import MONTH_HOURS, GpuEndpoint, Prices, described, pinned

_OFFICE_HOURS = 176.0
#: The wake alarm, two of the GPUs, four of vLLM.
_ALARMS = 7
_UNPINNED = {"image_digest": "sha256:" + "0" * 64, "revision": "0" * 40}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Monthly costs of the catalogue's GPU endpoints, in USD.")
    parser.add_argument("--hours", type=float, default=_OFFICE_HOURS, help="hours a month in which one copy runs")
    hours = parser.parse_args().hours
    known, prices = described(ROOT / "catalogue")
    head = ("endpoint", "instance", "asleep", f"{hours:.0f} h, 1 copy", "always, 1 copy", "always, all copies")
    rows = [_row(pinned(ROOT / "catalogue", name, **_UNPINNED), prices, hours) for name in known]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        cells = zip(row, widths, (str.ljust, str.ljust, *[str.rjust] * 4), strict=True)
        print("  ".join(place(cell, width) for cell, width, place in cells))
    print("USD per month. Tokens cost nothing more; data transfer and logs do.")


def _row(one: GpuEndpoint, prices: Prices, hours: float) -> tuple[str, ...]:
    amounts: list[Decimal] = [
        prices.month(one, hours=MONTH_HOURS if one.copies.minimum else 0, copies=one.copies.minimum, alarms=_ALARMS),
        prices.month(one, hours=hours, copies=1, alarms=_ALARMS),
        prices.month(one, hours=MONTH_HOURS, copies=1, alarms=_ALARMS),
        prices.month(one, hours=MONTH_HOURS, copies=one.copies.maximum, alarms=_ALARMS),
    ]
    return one.endpoint, one.instance, *(f"{amount:,.2f}" for amount in amounts)


if __name__ == "__main__":
    main()
