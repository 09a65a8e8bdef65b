"""The line to callers: TLS by files, and whose word on an address is believed."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request

from shared.runtime.ends import Ends
from shared.runtime.http_server import server
from shared.runtime.lines import Line
from shared.runtime.sockets import listening
from tests.support.certificates import Authority

HOST, FAR = "127.0.0.1", "203.0.113.9"


@asynccontextmanager
async def answering(line: Line) -> AsyncIterator[str]:
    """A process that tells where a request comes from: its host and port."""
    app = FastAPI()

    @app.get("/")
    async def where(request: Request) -> str:
        return request.client.host if request.client else ""

    with listening(HOST, 0) as listener:
        one = server(app, Ends(), line=line)
        serving = asyncio.create_task(one._serve(sockets=[listener]))
        yield f"{HOST}:{listener.getsockname()[1]}"
        one.handle_exit(15, None)
        await serving


async def test_it_speaks_tls_by_its_files(tmp_path: Path) -> None:
    """To whoever trusts who signed it; and answers nobody in the open."""
    authority = Authority()
    authority.serving(tmp_path)
    pem = str(tmp_path / "server.pem")
    trusting = ssl.create_default_context(cadata=authority.pem)
    async with (
        answering(Line(pem, pem)) as place,
        httpx.AsyncClient(verify=trusting) as client,
    ):
        assert (await client.get(f"https://{place}/")).json() == HOST
        with pytest.raises(httpx.TransportError):
            await client.get(f"http://{place}/")


@pytest.mark.parametrize(
    ("proxy", "seen"), [(None, HOST), ("10.0.0.0/8", HOST), (f"{HOST}/32", FAR)]
)
async def test_where_somebody_comes_from_the_named_proxy_alone_may_say(
    proxy: str | None, seen: str
) -> None:
    """Else whoever guesses would come from another place each time. Nobody is believed unnamed."""
    async with answering(Line(proxy=proxy)) as place, httpx.AsyncClient() as client:
        said = {"X-Forwarded-For": FAR}
        assert (await client.get(f"http://{place}/", headers=said)).json() == seen
