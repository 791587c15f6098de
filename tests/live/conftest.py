"""One whole system for all live tests that only use it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.maru import Maru, session


@pytest.fixture(scope="session")
def maru(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maru]:
    """A running system with the sample documents; tests add to it and leave what is there as it is.

    Whoever writes tests may name the home of a system that runs already in MARU_TEST_HOME and wait for none.
    """
    if running_home := os.environ.get("MARU_TEST_HOME"):
        home = Path(running_home)
        yield Maru(home, json.loads((home / "run.json").read_text(encoding="utf-8")))
        return
    with session(tmp_path_factory.mktemp("maru"), MARU_SOURCE_HOSTS="127.0.0.1:*") as running:
        yield running.start()
