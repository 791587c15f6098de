"""`python -m local.models --port 8090 --home .maru/models` serves the local models on loopback until it is stopped."""

import argparse
from pathlib import Path

from aiohttp import web

from local.models.app import Server
from local.models.embedding import load
from local.models.reader.model import Reader
from local.models.scripted import Scripted


def main() -> None:
    """Parse the arguments, load the models, serve."""
    parser = argparse.ArgumentParser(prog="python -m local.models", description="The local model server of Maru.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True, help="folder for the built model file (58 MB)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the embedding model")
    told = parser.parse_args()
    scripted = Scripted()
    embedder = load(told.home, threads=told.threads)
    reader = Reader(embedder)
    server = Server(chats={reader.id: reader, scripted.id: scripted}, embedder=embedder, scripted=scripted)
    print(f"models on http://{told.host}:{told.port}/v1", flush=True)
    web.run_app(server.application(), host=told.host, port=told.port, print=None, access_log=None, handler_cancellation=True)


if __name__ == "__main__":
    main()
