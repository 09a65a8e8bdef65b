"""The page that describes an interface: whole without a network, and not there in real life."""

import json
import re
import socket
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from fastapi import FastAPI

from deploy.topology import SERVICES
from shared.settings import Environment
from tests.support.apps import APIS, applications
from tests.support.eventually import eventually

_SOURCES = re.compile(r"""(?:src|href)=["']([^"']+)["']""")
DESCRIPTIONS = ("/docs", "/redoc", "/openapi.json", "/docs/files/swagger-ui-bundle.js")
OPERATORS = ("/metrics", "/asyncapi.yaml")


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> dict[Environment, dict[str, FastAPI]]:
    """The applications of a demo and of real life."""
    folder = tmp_path_factory.mktemp("keys")
    return {env: applications(folder, env) for env in (Environment.DEMO, Environment.PROD)}


def client(app: FastAPI) -> httpx.AsyncClient:
    """A browser of sorts."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.test")


@pytest.mark.parametrize("service", APIS)
@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_every_file_of_the_page_comes_from_our_own_origin(
    service: str, page: str, apps: dict[Environment, dict[str, FastAPI]]
) -> None:
    """It was white where no network was: its script came from somebody else's server."""
    async with client(apps[Environment.DEMO][service]) as browser:
        sources = [urljoin(page, each) for each in _SOURCES.findall((await browser.get(page)).text)]
        assert any(each.endswith(".js") for each in sources)
        for source in sources:
            assert source.startswith("/"), source
            assert len((await browser.get(source)).content) > 1000, source
        assert (await browser.get("/openapi.json")).json()["paths"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_reference_leads_somewhere(
    service: str, apps: dict[Environment, dict[str, FastAPI]]
) -> None:
    """The page showed an error for each refusal that a route may answer with."""
    document = apps[Environment.DEMO][service].openapi()
    for pointer in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))):
        found = document
        for part in pointer.split("/"):
            assert part in found, pointer
            found = found[part]


@pytest.mark.parametrize("service", SERVICES)
async def test_in_real_life_nobody_is_handed_the_interface(
    service: str, apps: dict[Environment, dict[str, FastAPI]]
) -> None:
    """Neither the page nor what it is made of, nor what is done and said; the rest answers."""
    async with client(apps[Environment.PROD][service]) as browser:
        for path in (*DESCRIPTIONS, *OPERATORS):
            assert (await browser.get(path)).status_code == 404, path
        assert (await browser.get("/health/live")).status_code == 200


async def test_in_real_life_metrics_are_at_the_health_port_alone(tmp_path: Path) -> None:
    """It is not published: Prometheus reaches it from within, and no caller does."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    app = applications(tmp_path, Environment.PROD, health_port=port)["notify"]
    async with app.router.lifespan_context(app), httpx.AsyncClient() as prometheus:

        async def measured() -> bool:
            try:
                answer = await prometheus.get(f"http://127.0.0.1:{port}/metrics")
            except httpx.ConnectError:
                return False
            return "tirek_http_seconds" in answer.text

        await eventually(measured, within=10)
        async with client(app) as browser:
            assert (await browser.get("/metrics")).status_code == 404
