"""One whole system for all live tests that only use it."""

from collections.abc import Iterator

import pytest

from tests.engines.maru import Maru, session


@pytest.fixture(scope="session")
def maru(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maru]:
    """A running system with the sample documents; tests add to it and leave what is there as it is."""
    with session(tmp_path_factory.mktemp("maru")) as running:
        yield running.start()
