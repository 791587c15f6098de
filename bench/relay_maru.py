"""The chat function served as in production, for the relay bench; prints its port, and sends its log to where nothing reads it."""

import os
import sys

import uvicorn

from bench.relay_servers import run
from functions.chat.main import app


def main() -> None:
    """Serve until killed."""
    announce = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # The log is written as in production, line by line with a flush.
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - lives as long as the process
    config = uvicorn.Config(app, port=0, access_log=False, log_level="error", server_header=False, proxy_headers=False, ws="none")
    run(config, announce)


if __name__ == "__main__":
    main()
