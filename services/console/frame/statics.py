"""Static files: read once, named by what is in them, so that a browser may keep them for ever."""

from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Response

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
        self._files: dict[str, tuple[bytes, str]] = {}
        self._address: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            content = path.read_bytes()
            name = f"{path.stem}-{sha256(content).hexdigest()[:12]}{path.suffix}"
            self._files[name] = content, KINDS[path.suffix]
            self._address[path.name] = f"/static/{name}"

    def address(self, name: str) -> str:
        """Where a file is; raises `KeyError` for one that is not there."""
        return self._address[name]

    def router(self) -> APIRouter:
        """The one route of all files."""
        router = APIRouter()

        @router.get("/static/{name}")
        async def static(name: str) -> Response:
            if name not in self._files:
                raise NotFound
            content, kind = self._files[name]
            return Response(content, media_type=kind, headers={"Cache-Control": FOR_EVER})

        return router
