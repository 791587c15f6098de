"""The document side in memory, for the tests of this room."""

from typing import Any

import pytest

from tests.conftest import BUCKET, MakeTable
from tests.fakes.documents import DocumentSide, document_side


@pytest.fixture
def side(make_table: MakeTable, s3: Any) -> DocumentSide:
    """Small steps, so that a document takes several."""
    return document_side(make_table, s3, BUCKET, step=2)
