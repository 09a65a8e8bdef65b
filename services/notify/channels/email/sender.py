"""E-mail channel: hands one to the relay and says honestly what became of it."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from urllib.parse import quote

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from services.notify.channels import Content, Receipt
from services.notify.channels.email.outcomes import (
    MailOutcomeUnknown,
    MailRefused,
    MailUnavailable,
)
from services.notify.channels.email.relay import MailRelay
from shared import clock

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
    ) -> None:
        self._relay = relay
        self._within = within
        self._date = date

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

    def _client(self) -> SMTP:
        relay = self._relay
        return SMTP(
            hostname=relay.host,
            port=relay.port,
            use_tls=relay.tls,
            username=relay.user,
            password=relay.password,
            local_hostname=relay.domain,  # the default is this machine's name, nobody's business
            timeout=self._within,
        )

    def _compose(self, destination: str, content: Content, message_id: str) -> bytes:
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = self._relay.mail_from
        message["To"] = destination
        message["Subject"] = " ".join(content.subject.split())
        message["Message-ID"] = message_id
        message["Date"] = format_datetime(self._date())
        message["Auto-Submitted"] = "auto-generated"  # so that no out-of-office answers it
        message.set_content(content.text, cte="base64")  # passes servers that carry 7 bits only
        return message.as_bytes()

    async def _connect(self, smtp: SMTP, deadline: float) -> None:
        """Also STARTTLS and login. What fails here is between the servers: nothing was sent."""
        try:
            async with asyncio.timeout_at(deadline):
                await smtp.connect()
        except SMTPResponseException as problem:
            raise MailUnavailable("not let in", problem.code) from None
        except (SMTPException, OSError, TimeoutError) as problem:
            raise MailUnavailable("no connection") from problem

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
        with suppress(SMTPException, OSError, TimeoutError):  # it is sent: a goodbye is courtesy
            async with asyncio.timeout(_GOODBYE):
                await smtp.quit()


def _answered(problem: SMTPResponseException) -> MailRefused | MailUnavailable:
    if problem.code >= _PERMANENT:
        return MailRefused("refused by the mail server", problem.code)
    return MailUnavailable("put off by the mail server", problem.code)
