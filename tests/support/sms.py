"""An SMSC on a real socket, and a session bound to it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deploy.simulators.ledger import Ledger
from deploy.simulators.phones import Phones
from deploy.simulators.smsc import Smsc
from services.notify.channels.sms import (
    DeliveryReceipt,
    Provider,
    Reply,
    SmppSession,
    Timing,
)
from tests.support.eventually import eventually

QUICK = Timing(enquire_every=5.0, unbind=0.2, first_pause=0.02, longest_pause=0.2)
"""Patient with a slow machine, quick to bind again."""
IMPATIENT = Timing(
    answer=1.0, patience=1.5, accept=1.0, unbind=0.2, first_pause=0.02, longest_pause=0.2
)
"""For tests in which a limit must be reached."""
PHONE = "+996000000101"


@dataclass(slots=True)
class Inbox:
    """Keeps what the session hands over, once its gate opens, or fails so many times first."""

    replies: list[Reply] = field(default_factory=list)
    receipts: list[DeliveryReceipt] = field(default_factory=list)
    failures: int = 0
    gate: asyncio.Event | None = None

    async def on_reply(self, reply: Reply) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        self.replies.append(reply)

    async def on_receipt(self, receipt: DeliveryReceipt) -> None:
        self.receipts.append(receipt)


def listener(port: int = 0) -> socket.socket:
    """A bound socket on this machine only; port 0 takes a free one."""
    return socket.create_server(("127.0.0.1", port))


@asynccontextmanager
async def smsc(*, password: str | None = None, port: int = 0) -> AsyncIterator[tuple[Smsc, int]]:
    """A running SMSC and its port."""
    with listener(port) as bound:
        centre = Smsc(Phones(Ledger()), password=password, retry_after=0.05)
        async with centre.serving(bound):
            yield centre, bound.getsockname()[1]


def session(port: int, inbox: Inbox, *, window: int = 10, timing: Timing = QUICK) -> SmppSession:
    """A session, not running yet."""
    provider = Provider.from_url(f"smpp://tirek:secret@127.0.0.1:{port}", sender="1000")
    return SmppSession(provider, inbox.on_reply, inbox.on_receipt, window=window, timing=timing)


@asynccontextmanager
async def running(one: SmppSession, *, bound: bool = True) -> AsyncIterator[SmppSession]:
    """The session at work, bound unless told not to wait for it."""
    task = asyncio.create_task(one.run())
    try:
        if bound:
            await eventually(lambda: one.bound)
        yield one
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def linked(
    inbox: Inbox | None = None, *, window: int = 10, timing: Timing = QUICK
) -> AsyncIterator[tuple[Smsc, SmppSession]]:
    """An SMSC and a session bound to it."""
    async with smsc() as (centre, port):
        one = session(port, inbox or Inbox(), window=window, timing=timing)
        async with running(one):
            yield centre, one


Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def scripted(peer: Peer, port: int = 0) -> AsyncIterator[int]:
    """A server that does whatever ``peer`` does with each connection; its port."""
    server = await asyncio.start_server(peer, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
