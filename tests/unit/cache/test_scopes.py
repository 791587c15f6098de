"""No entry crosses a tenant, a right, an agent, a version of its prompts, a passage or a model, exactly or by likeness."""

from pathlib import Path

import pytest

from bench.cache import crossing
from maru.cache.rules import Rules, RulesError


async def test_nothing_crosses_and_nothing_is_lost(tmp_path: Path) -> None:
    asked, crossed, shared = await crossing(300, tmp_path)
    assert min(asked.values()) > 10
    assert (crossed.total(), shared) == (0, 300)


def test_rules_that_cannot_be_used_name_their_field(tmp_path: Path) -> None:
    assert Rules.load(tmp_path) == Rules()
    (tmp_path / "cache.yaml").write_text("exact: {ttl_seconds: 0}", encoding="utf-8")
    with pytest.raises(RulesError, match=r"exact\.ttl_seconds"):
        Rules.load(tmp_path)
    (tmp_path / "cache.yaml").write_text("agents: sometimes", encoding="utf-8")
    with pytest.raises(RulesError, match="agents"):
        Rules.load(tmp_path)
