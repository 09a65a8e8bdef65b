"""E-mail, against the mail catcher and against servers that misbehave."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from deploy.simulators import mail
from deploy.simulators.ledger import Ledger
from deploy.simulators.mail import Mailbox
from services.notify.channels import Content, Receipt, SendFailed
from services.notify.channels.email import (
    EmailChannel,
    MailOutcomeUnknown,
    MailRefused,
    MailRelay,
    MailUnavailable,
)
from tests.support.sms import listener, scripted

CONTENT = Content("Саламатсызбы!\n\nООБА K7M2Q9X", subject="Тирек: жаңы кайрылуу")
TO = "duty@centre.example"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def channel(port: int, *, within: float = 10.0) -> EmailChannel:
    relay = MailRelay.from_url(f"smtp://127.0.0.1:{port}", "Tirek <alerts@tirek.example>")
    return EmailChannel(relay, within=within, date=lambda: NOW)


@asynccontextmanager
async def catcher() -> AsyncIterator[tuple[Mailbox, int]]:
    """A running mail catcher and its port."""
    mailbox = Mailbox(Ledger())
    with listener() as bound:
        async with mail.serving(mailbox, bound):
            yield mailbox, bound.getsockname()[1]


async def test_a_message_arrives_as_it_was_written() -> None:
    """Subject and text in Cyrillic, one recipient, our own message id."""
    async with catcher() as (mailbox, port):
        receipt = await channel(port).send(TO, CONTENT, "m-1")
    (taken,) = mailbox.since(0)
    assert receipt == Receipt("<m-1@tirek.example>")
    assert taken.message_id == "<m-1@tirek.example>"
    assert taken.recipients == [TO]
    assert taken.sender == "alerts@tirek.example"
    assert taken.subject == CONTENT.subject
    assert taken.text.rstrip() == CONTENT.text


async def test_a_repeat_can_be_recognised() -> None:
    """The same message under the same reference carries the same Message-ID."""
    async with catcher() as (mailbox, port):
        for _ in range(2):
            await channel(port).send(TO, CONTENT, "m-1")
    first, second = mailbox.since(0)
    assert first.message_id == second.message_id


class Server:
    """A scripted SMTP server: what it answers to each command, ``None`` for silence."""

    def __init__(self, **answers: str | None) -> None:
        self.answers: dict[str, str | None] = {
            "CONNECT": "220 peer",
            "EHLO": "250 peer",
            "MAIL": "250 ok",
            "RCPT": "250 ok",
            "DATA": "354 go on",
            "DOT": "250 taken",
            "QUIT": "221 bye",
            **answers,
        }
        self.taken: list[bytes] = []
        self.greeted = b""

    async def __call__(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        await self._say("CONNECT", reader, writer)
        while line := await reader.readline():
            command = line[:4].decode().upper().strip()
            self.greeted = line if command == "EHLO" else self.greeted
            await self._say(command, reader, writer)
            if command == "DATA" and self.answers["DATA"] == "354 go on":
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                await self._say("DOT", reader, writer)

    async def _say(self, command: str, reader: StreamReader, writer: StreamWriter) -> None:
        answer = self.answers.get(command, "500 what?")
        if answer is None:
            await reader.read()  # silent until the client leaves
        if not answer:
            raise ConnectionAbortedError
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()


@pytest.mark.parametrize(
    ("answers", "outcome", "code"),
    [
        ({"CONNECT": "554 go away"}, MailUnavailable, 554),
        ({"CONNECT": None}, MailUnavailable, None),
        ({"CONNECT": ""}, MailUnavailable, None),
        ({"EHLO": "421 closing", "HELO": "421 closing"}, MailUnavailable, 421),
        ({"MAIL": "451 later"}, MailUnavailable, 451),
        ({"MAIL": "553 not you"}, MailRefused, 553),
        ({"RCPT": "550 no such duty@centre.example"}, MailRefused, 550),
        ({"RCPT": "450 mailbox busy"}, MailUnavailable, 450),
        ({"RCPT": None}, MailUnavailable, None),
        ({"RCPT": ""}, MailUnavailable, None),
        ({"DATA": "554 no"}, MailRefused, 554),
        ({"DOT": "552 too large"}, MailRefused, 552),
        ({"DOT": "452 full"}, MailUnavailable, 452),
        ({"DOT": "200 queued"}, MailOutcomeUnknown, 200),
        ({"DOT": "fine"}, MailOutcomeUnknown, -1),
        ({"DOT": None}, MailOutcomeUnknown, None),
        ({"DOT": ""}, MailOutcomeUnknown, None),
    ],
)
async def test_every_failure_has_one_honest_outcome(
    answers: dict[str, Any], outcome: type[SendFailed], code: int | None
) -> None:
    """Before the message was handed over nothing was sent; after it, nobody knows.

    What the server wrote is not quoted: it repeats the address.
    """
    async with scripted(Server(**answers)) as port:
        with pytest.raises(SendFailed) as failure:
            await channel(port, within=1.5).send(TO, CONTENT, "m-1")
    assert type(failure.value) is outcome
    assert failure.value.code == code
    assert "centre.example" not in repr(failure.value)


@pytest.mark.parametrize("goodbye", [None, "", "500 stay"])
async def test_a_message_taken_is_sent_however_the_goodbye_goes(goodbye: str | None) -> None:
    """A lost QUIT must not cause a second e-mail."""
    async with scripted(Server(QUIT=goodbye)) as port:
        assert await channel(port).send(TO, CONTENT, "m-1") == Receipt("<m-1@tirek.example>")


async def test_nobody_there_is_unavailable() -> None:
    """Surely not sent."""
    with listener() as bound:
        port = bound.getsockname()[1]
    with pytest.raises(MailUnavailable, match="no connection"):
        await channel(port).send(TO, CONTENT, "m-1")


async def test_the_headers_are_a_machines_and_tell_nothing_of_this_one() -> None:
    """Marked as automatic, dated by the given clock; the machine's own name is not given away."""
    server = Server()
    async with scripted(server) as port:
        await channel(port).send(TO, CONTENT, "m-1")
    parsed = message_from_bytes(server.taken[0], policy=default)
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Date"].datetime == NOW
    assert parsed["From"] == "Tirek <alerts@tirek.example>"
    assert server.greeted == b"EHLO tirek.example\r\n"
    assert server.taken[0].isascii(), "servers that carry 7 bits only do exist"


async def test_a_subject_is_one_line() -> None:
    """A line break in a subject cannot start a header of its own."""
    async with catcher() as (mailbox, port):
        await channel(port).send(TO, Content("text", "one\r\nBcc: all@centre.example"), "m-1")
    (taken,) = mailbox.since(0)
    assert taken.subject == "one Bcc: all@centre.example"
    assert taken.recipients == [TO]


@pytest.mark.parametrize(
    "destination",
    [
        "",
        "duty",
        "duty@",
        "@centre.example",
        "a@b@c.example",
        "a b@c.example",
        "a@c.example\r\nRCPT",
    ],
)
async def test_what_is_no_address_is_refused(destination: str) -> None:
    """Before any server hears of it."""
    with pytest.raises(MailRefused, match="not an e-mail address"):
        await channel(9).send(destination, CONTENT, "m-1")
