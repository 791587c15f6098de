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
        yield _ticking(Maru(home, json.loads((home / "run.json").read_text(encoding="utf-8"))))
        return
    with session(tmp_path_factory.mktemp("maru"), MARU_SOURCE_HOSTS="127.0.0.1:*") as running:
        yield _ticking(running.start())


#: Armed before all else: a schedule's minute comes up to two minutes later, for which no test has to wait then.
MINUTELY = {
    "chain": "minutely",
    "labels": ["live"],
    "triggers": [{"id": "clock", "kind": "schedule", "cron": "* * * * *", "timezone": "Asia/Seoul", "input": {"from": "clock", "n": 0}}],
    "steps": [{"id": "give", "type": "transform", "value": "{% $states.input %}"}],
}


def _ticking(maru: Maru) -> Maru:
    maru.minji.call("POST", "/v1/chains", MINUTELY)
    return maru
