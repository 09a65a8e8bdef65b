"""All the simulators in one process: four ports, one life."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from deploy.simulators import mail
from deploy.simulators.ledger import Ledger
from deploy.simulators.mail import Mailbox
from deploy.simulators.mail_web import mail_app
from deploy.simulators.phones import Phones
from deploy.simulators.phones_web import phones_app
from deploy.simulators.smsc import Smsc
from deploy.simulators.witnesses import PATH, three, witnesses_app


@dataclass(frozen=True, slots=True)
class Options:
    """Where to listen; port 0 takes a free one."""

    host: str = "127.0.0.1"
    smpp_port: int = 2775
    smtp_port: int = 2525
    phones_port: int = 8120
    mail_port: int = 8121
    ledger: Path | None = None
    password: str | None = None
    """What clients must bind with; anything when None."""
    witnesses: Path | None = None
    """A policy whose logs three witnesses watch, below the mail page, once it is there."""


@dataclass(frozen=True, slots=True)
class Running:
    """The simulators at work, and where they listen."""

    smsc: Smsc
    mailbox: Mailbox
    smpp_port: int
    smtp_port: int
    phones_port: int
    mail_port: int


class PortTaken(Exception):
    """Another program listens there already."""


@asynccontextmanager
async def simulators(options: Options) -> AsyncIterator[Running]:
    """Everything up, or nothing: raises `PortTaken` before anything has started."""
    async with AsyncExitStack() as life:
        wanted = {
            "SMPP": options.smpp_port,
            "SMTP": options.smtp_port,
            "phones page": options.phones_port,
            "mail page": options.mail_port,
        }
        listeners = [
            life.enter_context(_listening(options.host, port, what))
            for what, port in wanted.items()
        ]
        smpp, smtp, phones_page, mail_page = listeners
        ledger = Ledger(options.ledger)
        life.callback(ledger.close)
        smsc = Smsc(Phones(ledger), password=options.password)
        mailbox = Mailbox(ledger)
        await life.enter_async_context(smsc.serving(smpp))
        await life.enter_async_context(mail.serving(mailbox, smtp))
        await life.enter_async_context(_web(phones_app(smsc, options.host), phones_page))
        mails = mail_app(mailbox, options.host)
        mails.mount(PATH, witnesses_app(three(options.witnesses), options.host))
        await life.enter_async_context(_web(mails, mail_page))
        yield Running(smsc, mailbox, *(each.getsockname()[1] for each in listeners))


@contextmanager
def _listening(host: str, port: int, what: str) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((host, port))
    except OSError as problem:
        raise PortTaken(f"port {port} ({what}) on {host}: {problem.strerror}") from problem
    with listener:
        yield listener


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: two servers share this process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's own business."""
        yield


@asynccontextmanager
async def _web(app: FastAPI, listener: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=2
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
