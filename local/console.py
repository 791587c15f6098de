"""The console as the local run serves it: built files at the API's own origin, under the headers that CloudFront adds on AWS."""

import json
import mimetypes
from pathlib import Path
from typing import Any

import anyio.to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from infra.console_headers import WIDGET, security_headers
from local.sign_in import origins

#: What Vite names by its content never changes.
_FOREVER = "public, max-age=31536000, immutable"
_MISSING = (
    "<!doctype html><meta charset=utf-8><title>Maru</title><p>The console is not built: run <code>make run</code> where npm reaches its "
    "registry. The API answers under <code>/v1</code>; see <a href=/docs>/docs</a>.<p lang=ko>콘솔이 만들어져 있지 않습니다. npm이 "
    "레지스트리에 닿는 곳에서 <code>make run</code>을 실행하세요. API는 <code>/v1</code> 아래에서 답합니다.\n"
)


class Console:
    """Serves the folder of a built console; every address without a file's ending is the application's own."""

    def __init__(self, folder: Path | None, config: dict[str, Any] | None = None) -> None:
        self._folder = folder.resolve() if folder else None
        config = config or {"sign_in": None}
        self._config = json.dumps(config).encode()
        asked = origins(config)
        self._headers = {everywhere: security_headers(asked, everywhere=everywhere) for everywhere in (True, False)}

    def serves(self, scope: Scope) -> bool:
        """Whether a request that no function owns is one for a page."""
        path = scope["path"]
        return scope["method"] in {"GET", "HEAD"} and path != "/v1" and not path.startswith("/v1/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await anyio.to_thread.run_sync(self._answer, scope["path"])
        await response(scope, receive, send)

    def _answer(self, path: str) -> Response:
        if path == "/config.json":
            return self._response(self._config, "application/json", "no-cache")
        if self._folder is None:
            return self._response(_MISSING.encode(), "text/html; charset=utf-8", "no-cache", status=503)
        file = self._file(path)
        if file is None:
            return self._response(b"Not found\n", "text/plain; charset=utf-8", "no-cache", status=404)
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        kind = {"text/html": "text/html; charset=utf-8", "application/javascript": "text/javascript"}.get(kind, kind)
        caching = _FOREVER if path.startswith("/assets/") else "no-cache"
        return self._response(file.read_bytes(), kind, caching, everywhere=path == WIDGET)

    def _file(self, path: str) -> Path | None:
        assert self._folder is not None  # noqa: S101 - asked for only where there is one
        if "." not in path.rsplit("/", 1)[-1]:
            return self._folder / "index.html"
        found = (self._folder / path.lstrip("/")).resolve()
        return found if found.is_relative_to(self._folder) and found.is_file() else None

    def _response(self, body: bytes, kind: str, caching: str, status: int = 200, *, everywhere: bool = False) -> Response:
        return Response(body, status, {**self._headers[everywhere], "content-type": kind, "cache-control": caching})
