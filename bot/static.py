"""Built pages as served: compressed at build time, versioned files kept for good, others asked for anew."""

from __future__ import annotations

import mimetypes
import os
import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGES = Path(__file__).parent / "pages"
_VERSIONED = re.compile(r"-[0-9a-f]{12}\.js$")


class Built(StaticFiles):
    """A folder of built files; a `.gz` beside a file is sent to browsers that take it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with the headers that its name calls for."""
        response = await self._packed(path, scope) or await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            kept = "public, max-age=31536000, immutable" if _VERSIONED.search(path) else "no-cache"
            response.headers["Cache-Control"] = kept
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers.add_vary_header("Accept-Encoding")
        return response

    async def _packed(self, path: str, scope: Scope) -> Response | None:
        if "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return None
        full, found = self.lookup_path(f"{path}.gz")
        if found is None:
            return None
        kind, _ = mimetypes.guess_type(path)
        response = self.file_response(full, os.stat(full), scope)
        if isinstance(response, FileResponse):
            response.headers["Content-Type"] = f"{kind}; charset=utf-8"
            response.headers["Content-Encoding"] = "gzip"
        return response


def mounts(pages: Path = PAGES) -> list[Mount]:
    """Built pages, where they are built; the console brings its own."""
    folders = [path for path in sorted(pages.iterdir()) if path.is_dir()] if pages.exists() else []
    names = [path.name for path in folders if path.name != "console"]
    return [Mount(f"/{name}", Built(directory=pages / name, html=True)) for name in names]
