"""The way to the database over TLS, which its address asks for: verified, or nothing is said.

The embedded server is built without TLS. A front of ours speaks PostgreSQL's own request for it and
TLS, and hands on what it has opened.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import ROOT, Stack
from shared.runtime import migrate, preflight, revisions
from shared.settings import SettingsError
from tests.stack import scratch
from tests.support.certificates import Authority
from tests.support.sms import listener

KEY = "TIREK_DATABASE_URL"
MIGRATIONS = ROOT / "services" / "notify" / "migrations"
SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""PostgreSQL's SSLRequest, with which a connection begins that asks for TLS."""


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A migrated database of these tests' own."""
    async with scratch("notify.migrate") as stack:
        yield stack


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def front(stack: Stack, tls: ssl.SSLContext) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Its port, and how each connection began."""
    begun: list[bytes] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.append(await reader.readexactly(len(SSL_REQUEST)))
        if begun[-1] != SSL_REQUEST:
            writer.close()
            return
        writer.write(b"S")
        try:
            await writer.start_tls(tls)
        except (OSError, ssl.SSLError):
            return
        to = await asyncio.open_connection("127.0.0.1", stack.port("postgres"))
        await asyncio.gather(_pass_on(reader, to[1]), _pass_on(to[0], writer))

    with listener() as bound:
        server = await asyncio.start_server(connected, sock=bound)
        async with server:
            yield bound.getsockname()[1], begun


def through(stack: Stack, role: str, port: int, ca: Path, host: str = "127.0.0.1") -> str:
    """The address of a role's database through the front, verified in full."""
    head, _, tail = stack.dsn(role).rpartition("@")
    database = tail.rpartition("/")[2]
    return f"{head}@{host}:{port}/{database}?sslmode=verify-full&sslrootcert={ca}"


async def test_service_and_migration_come_through_tls(own: Stack, tmp_path: Path) -> None:
    """With the authority that the address names."""
    authority, ca = Authority(), tmp_path / "ca.pem"
    ca.write_text(authority.pem)
    async with front(own, authority.serving(tmp_path)) as (port, begun):
        url = through(own, "tirek_notify", port, ca)
        assert await preflight.revision(url, KEY) == revisions.head(MIGRATIONS)
        owner = through(own, "tirek_notify_owner", port, ca)
        await asyncio.to_thread(migrate.upgrade, MIGRATIONS, owner, "notify")
        connection = await asyncpg.connect(url, timeout=5)
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
        assert set(begun) == {SSL_REQUEST}


@pytest.mark.parametrize(
    ("name", "known"), [("127.0.0.1", False), ("127.0.0.2", True), ("database.example", True)]
)
async def test_another_server_in_its_place_hears_nothing(
    own: Stack, tmp_path: Path, name: str, known: bool
) -> None:
    """One that nobody vouches for, or of another name: one line, and no password was said."""
    authority, ca = Authority(), tmp_path / "ca.pem"
    ca.write_text((authority if known else Authority()).pem)
    async with front(own, authority.serving(tmp_path, name)) as (port, begun):
        with pytest.raises(SettingsError, match="no TLS with the database"):
            await preflight.revision(through(own, "tirek_notify", port, ca), KEY)
        assert set(begun) == {SSL_REQUEST}
