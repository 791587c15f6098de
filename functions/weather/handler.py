"""Called by the tool `weather`: what is usual in a city in a month. It asks nobody, so that it also works offline."""

import json
import time
from functools import cache
from pathlib import Path
from typing import Any

_NOTE = "Usual for the month, rounded; no forecast. 그 달의 평년 값(반올림)이며 예보가 아닙니다."


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point."""
    arguments = event["arguments"]
    month = int(arguments.get("month") or time.gmtime().tm_mon)
    wanted = str(arguments["city"]).strip().casefold()
    for city in _cities():
        if wanted in {name.casefold() for name in city["names"]}:
            values = {"mean_celsius": city["mean_celsius"][month - 1], "rain_mm": city["rain_mm"][month - 1]}
            return {"city": city["names"][0], "month": month, **values, "note": _NOTE}
    return {"unknown": str(arguments["city"]), "cities": [city["names"][0] for city in _cities()]}


@cache
def _cities() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(__file__).with_name("climate.json").read_text(encoding="utf-8"))
    return found
