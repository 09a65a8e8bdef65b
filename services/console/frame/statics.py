"""Static files: read once, named by what is in them, so that a browser may keep them for ever.

They alone are sent compressed: nothing of anybody's is in them. The length of a page that holds a
secret beside what somebody typed would tell of it.
"""

import gzip
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response

from shared.errors import NotFound

FOLDER = Path(__file__).parent.parent / "static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_EVER = "public, max-age=31536000, immutable"


class Statics:
    """Each file under its own name and under one with a digest of it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files: dict[str, tuple[bytes, bytes, str]] = {}
        self._address: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            content = path.read_bytes()
            name = f"{path.stem}-{sha256(content).hexdigest()[:12]}{path.suffix}"
            small = gzip.compress(content, mtime=0)
            self._files[name] = content, small, KINDS[path.suffix]
            self._address[path.name] = f"/static/{name}"

    def address(self, name: str) -> str:
        """Where a file is; raises `KeyError` for one that is not there."""
        return self._address[name]

    def router(self) -> APIRouter:
        """The one route of all files."""
        router = APIRouter()

        @router.get("/static/{name}")
        async def static(name: str, request: Request) -> Response:
            if name not in self._files:
                raise NotFound
            content, small, kind = self._files[name]
            headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
            if "gzip" in request.headers.get("accept-encoding", ""):
                content, headers = small, headers | {"Content-Encoding": "gzip"}
            return Response(content, media_type=kind, headers=headers)

        return router
