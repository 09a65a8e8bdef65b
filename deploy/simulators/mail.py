"""The mail catcher: takes every e-mail, delivers none."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.simulators.ledger import Ledger

_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail as it was handed over."""

    number: int
    """Counts all e-mails from 1: the cursor of the JSON API."""
    at: str
    """When it was taken: ISO 8601, UTC."""
    sender: str
    recipients: list[str]
    """From the envelope, not from the headers."""
    subject: str
    message_id: str
    text: str

    def to_json(self) -> dict[str, object]:
        """As the JSON API and the ledger show it."""
        return asdict(self)


class Mailbox:
    """Every e-mail since the start. It is the handler that aiosmtpd calls."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._mails: list[Mail] = []

    async def handle_DATA(  # noqa: N802  aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keeps one e-mail before it is answered."""
        parsed = message_from_bytes(envelope.original_content or b"", policy=default)
        mail = Mail(
            number=len(self._mails) + 1,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            sender=envelope.mail_from or "",
            recipients=list(envelope.rcpt_tos),
            subject=str(parsed["Subject"] or ""),
            message_id=str(parsed["Message-ID"] or ""),
            text=_text(parsed),
        )
        self._ledger.append("mail", mail.to_json())
        self._mails.append(mail)
        return "250 taken"

    def since(self, number: int) -> list[Mail]:
        """E-mails after ``number``, oldest first."""
        return self._mails[max(number, 0) :]

    def get(self, number: int) -> Mail | None:
        """The e-mail with this number."""
        return self._mails[number - 1] if 0 < number <= len(self._mails) else None


@asynccontextmanager
async def serving(mailbox: Mailbox, listener: socket.socket) -> AsyncIterator[None]:
    """Takes mail on a bound socket for as long as the context lasts."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            mailbox,
            hostname="mail-catcher.invalid",
            data_size_limit=_LARGEST,
            enable_SMTPUTF8=True,
            loop=loop,
        ),
        sock=listener,
    )
    try:
        yield
    finally:
        server.close()


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    try:
        return str(body.get_content()).replace("\r\n", "\n") if body else ""
    except LookupError:  # a charset that nobody knows
        return "(this e-mail cannot be shown)"
