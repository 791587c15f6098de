"""The sessions' own tests again, on the embedded AWS instead of moto: transactions and indexes of another make."""

import pytest

from tests.live.test_document_stores import account, embedded, make_table  # noqa: F401 - their fixtures
from tests.unit.agents.test_session_store import *  # noqa: F403 - the same tests

pytestmark = pytest.mark.live
