"""What uvicorn serves, started as it starts it."""

import os
import subprocess
import sys

from bench.stand_ins import ROOT, environment
from functions.chat.settings import Settings

_SCRIPT = """
import gc
from functions.chat.main import app
print(gc.get_freeze_count(), len(gc.get_objects()))
"""


def test_no_collection_looks_through_what_stays() -> None:
    """A whole one would stop every answer for as long as it takes."""
    told = environment(Settings, model_url="http://127.0.0.1:9/v1") | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", _SCRIPT], cwd=ROOT, env=os.environ | told, capture_output=True, text=True, check=True)
    frozen, looked_at = map(int, done.stdout.split())
    assert frozen > 50_000
    assert looked_at < frozen / 10
