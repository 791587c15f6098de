"""What tests need that start processes of their own: where the code is, a free port, a small environment."""

import os
import socket
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def bare_environment() -> dict[str, str]:
    """PATH and our packages, and nothing of the developer's own settings or credentials."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'layers/core/python'}:{ROOT}"}
