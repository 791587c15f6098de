"""Writes the API's description from the routes of all functions; `--check` only compares. Usage: python tools/openapi.py [--check]"""

import importlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "functions" / "admin" / "openapi.json"


def document() -> str:
    """The description of all functions, as it stands in the file."""
    from maru.http.openapi import describe

    folders = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
    routers = [router for name in folders for router in importlib.import_module(f"functions.{name}.app").ROUTERS]
    return json.dumps(describe(routers), ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write or compare; the exit status says whether they are equal."""
    sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "core" / "python")]
    text = document()
    if "--check" in sys.argv[1:]:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        sys.stderr.write("" if same else f"{TARGET.name} is not what the routes say: run `make openapi`.\n")
        return int(not same)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
