"""The monthly idle cost of each engine, from the catalogue's prices."""

import subprocess
import sys
from typing import get_args

import pytest
import yaml

from maru.knowledge.engines import Kind
from scripts.engine_costs import PRICES, costs
from tests.processes import ROOT


def test_every_engine_has_a_price_and_a_source() -> None:
    prices = yaml.safe_load(PRICES.read_text(encoding="utf-8"))
    assert {one["engine"] for one in prices["engines"]} == set(get_args(Kind))
    assert all(one["source"] for one in prices["engines"])


def test_costs_are_added_up() -> None:
    prices = {
        "hours_a_month": 730,
        "gib_per_million_rows": {"service": 6},
        "engines": [
            {"engine": "opensearch", "what": "w", "hourly": 0.1, "nodes": 2, "volume_gib": 10, "volume_gib_month": 0.5},
            {"engine": "s3vectors", "what": "w", "rows": "service", "per_gib_month": 0.5},
            {"engine": "pinecone", "what": "w", "rows": "service", "per_gib_month": 0.5, "least_a_month": 5},
        ],
    }
    rows = {engine: (empty, filled) for engine, empty, filled, _ in costs(prices, 2)}
    assert rows["opensearch"] == pytest.approx((156.0, 156.0))
    assert rows["s3vectors"] == pytest.approx((0.0, 6.0))
    assert rows["pinecone"] == pytest.approx((5.0, 6.0))


def test_the_command_prints_a_line_an_engine() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "scripts.engine_costs", "--million-rows", "3"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for kind in get_args(Kind):
        assert any(line.startswith(kind) for line in ran.stdout.splitlines())
