"""Programs from outside Python that some tests need: found, or the test is skipped and says why."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def require_tool(name: str) -> Path:
    """The path of program `name`; without it the test skips, or fails where MARU_REQUIRE (a comma list) names it."""
    found = shutil.which(name)
    if found is None:
        unavailable(name, "it is not on PATH (make deps-debian installs what Debian has)")
    return Path(found)


def unavailable(name: str, reason: str) -> NoReturn:
    """Skips because tool `name` cannot be used, or fails where MARU_REQUIRE names it, so that CI cannot skip in silence."""
    message = f"needs {name}: {reason}"
    if name in required():
        pytest.fail(f"{message}; MARU_REQUIRE asks for it", pytrace=False)
    pytest.skip(message)


def required() -> frozenset[str]:
    """The tools that must be there."""
    return frozenset(filter(None, (name.strip() for name in os.environ.get("MARU_REQUIRE", "").split(","))))
