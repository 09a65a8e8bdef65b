"""E-mail channel: hands one to the relay and says honestly what became of it."""

import asyncio
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from socket import gaierror
from urllib.parse import quote

import structlog
from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException

from services.notify.channels import Content, OnTrouble, Receipt, tell_nobody
from services.notify.channels.email.composing import compose, field, sender_field, text_field
from services.notify.channels.email.outcomes import (
    MailOutcomeUnknown,
    MailRefused,
    MailUnavailable,
)
from services.notify.channels.email.relay import MailRelay
from services.notify.channels.trust import refusal
from shared import clock

log = structlog.get_logger()

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_TEMPORARY, _PERMANENT = 400, 500
_GOODBYE = 1.0


class EmailChannel:
    """The `Channel` over one relay. A whole send takes at most ``within`` seconds."""

    def __init__(
        self,
        relay: MailRelay,
        *,
        within: float = 30.0,
        date: Callable[[], datetime] = clock.wall,
        on_trouble: OnTrouble = tell_nobody,
    ) -> None:
        self._relay = relay
        self._from = sender_field(relay.mail_from)
        self._within = within
        self._date = date
        self._trust = relay.trust()
        self._on_trouble = on_trouble
        self.trouble: str | None = None
        """Why the relay did not let us in last time, for health; None when it did."""

    async def send(self, destination: str, content: Content, reference: str) -> Receipt:
        """See `Channel.send`. A repeat under the same reference has the same Message-ID."""
        if not _ADDRESS.fullmatch(destination):
            raise MailRefused("not an e-mail address")
        message_id = f"<{quote(reference, safe='')}@{self._relay.domain}>"
        octets = self._compose(destination, content, message_id)
        smtp = self._client()
        deadline = asyncio.get_running_loop().time() + self._within
        try:
            await self._connect(smtp, deadline)
            await self._address(smtp, destination, deadline)
            await self._hand_over(smtp, octets, deadline)
        finally:
            smtp.close()
        return Receipt(message_id)

    async def knock(self) -> None:
        """Goes in and leaves: `trouble` is known before anybody needs an e-mail. Never raises."""
        smtp = self._client()
        try:
            await self._connect(smtp, asyncio.get_running_loop().time() + self._within)
            await _leave(smtp)
        except MailUnavailable:
            return  # it is said already
        finally:
            smtp.close()

    def _client(self) -> SMTP:
        relay = self._relay
        return SMTP(
            hostname=relay.host,
            port=relay.port,
            use_tls=relay.tls,
            tls_context=self._trust,
            local_hostname=relay.domain,  # the default is this machine's name, nobody's business
            timeout=self._within,
        )

    def _compose(self, destination: str, content: Content, message_id: str) -> bytes:
        fields = (
            self._from,
            field("To", destination),
            text_field("Subject", content.subject),
            field("Message-ID", message_id),
            field("Date", format_datetime(self._date())),
            field("Auto-Submitted", "auto-generated"),  # so that no out-of-office answers it
        )
        return compose(fields, content.text)

    async def _connect(self, smtp: SMTP, deadline: float) -> None:
        """Also STARTTLS and login. What fails here is between the servers: nothing was sent."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._come_in(smtp)
        except (MailUnavailable, SMTPException, OSError, TimeoutError) as problem:
            kept_out = _kept_out(problem)
            self._note(kept_out.reason)
            raise kept_out from None  # what the server said may repeat the login
        self._note(None)

    async def _come_in(self, smtp: SMTP) -> None:
        await smtp.connect()
        if self._relay.must_encrypt and smtp.get_transport_info("sslcontext") is None:
            raise MailUnavailable("no STARTTLS offered")
        if self._relay.user is not None:
            await smtp.login(self._relay.user, self._relay.password or "")

    async def _address(self, smtp: SMTP, destination: str, deadline: float) -> None:
        try:
            async with asyncio.timeout_at(deadline):
                await smtp.mail(self._relay.address)
                await smtp.rcpt(destination)
        except SMTPResponseException as problem:
            raise _answered(problem) from None  # its text quotes the address
        except (SMTPException, OSError, TimeoutError) as problem:
            raise MailUnavailable("connection lost") from problem

    async def _hand_over(self, smtp: SMTP, octets: bytes, deadline: float) -> None:
        try:
            async with asyncio.timeout_at(deadline):
                await smtp.data(octets)
        except SMTPResponseException as problem:
            if problem.code < _TEMPORARY:  # neither a yes nor a no, or not even a code
                raise MailOutcomeUnknown("no clear answer", problem.code) from None
            raise _answered(problem) from None
        except (SMTPException, OSError, TimeoutError) as problem:
            raise MailOutcomeUnknown("no answer") from problem
        await _leave(smtp)

    def _note(self, trouble: str | None) -> None:
        """Once a change in the log: what lasts shows in health."""
        if trouble is not None and trouble != self.trouble:
            log.warning("mail.lost", reason=trouble)
        elif trouble is None and self.trouble is not None:
            log.info("mail.reached")
        self.trouble = trouble
        self._on_trouble(trouble)


async def _leave(smtp: SMTP) -> None:
    """All is done that matters: a goodbye is courtesy."""
    with suppress(SMTPException, OSError, TimeoutError):
        async with asyncio.timeout(_GOODBYE):
            await smtp.quit()


def _kept_out(problem: Exception) -> MailUnavailable:
    if isinstance(problem, MailUnavailable):
        return problem
    if isinstance(problem, SMTPAuthenticationError):
        return MailUnavailable("login refused", problem.code)
    if isinstance(problem, SMTPResponseException):
        return MailUnavailable("not let in", problem.code)
    if type(problem) is SMTPException:  # all others of aiosmtplib's have a class of their own
        return MailUnavailable("no login offered")
    return MailUnavailable(_cause(problem))


def _cause(problem: BaseException | None) -> str:
    """Why there is no connection; aiosmtplib has it behind an error of its own."""
    while problem is not None:
        if isinstance(problem, ssl.SSLError):
            return refusal(problem)
        if isinstance(problem, gaierror):
            return "host not found"
        problem = problem.__cause__
    return "no connection"


def _answered(problem: SMTPResponseException) -> MailRefused | MailUnavailable:
    if problem.code >= _PERMANENT:
        return MailRefused("refused by the mail server", problem.code)
    return MailUnavailable("put off by the mail server", problem.code)
