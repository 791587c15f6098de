"""Public data for tests and benches: read from outside the tree, never part of it."""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


def data_folder(name: str) -> Path | None:
    """The folder of data set `name` under MARU_DATA (default: ../shared/data beside the repository); None where it is absent."""
    folder = Path(os.environ.get("MARU_DATA") or _BESIDE) / name
    return folder if folder.is_dir() else None


def public_data(name: str) -> Path:
    """The folder of data set `name`; the test skips where it is absent."""
    folder = data_folder(name)
    if folder is None:
        pytest.skip(f"needs the public data set {name}: set MARU_DATA to the folder that holds it")
    return folder
