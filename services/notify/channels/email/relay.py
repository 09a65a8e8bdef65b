"""Mail relay: where e-mail is handed over, and in whose name."""

import ssl
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Self
from urllib.parse import unquote, urlsplit

from services.notify.channels.trust import authorities, trusting
from shared.settings import SettingsError


@dataclass(frozen=True, slots=True)
class MailRelay:
    """The mail server that takes our messages. Made by `MailRelay.from_url`."""

    host: str
    port: int
    mail_from: str
    """As people see it: ``name@domain`` or ``Label <name@domain>``."""
    tls: bool = False
    """TLS from the first octet; without it STARTTLS is used where the server offers it."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: str | None = field(default=None, repr=False)
    """Certificates (PEM) of the authorities to trust, instead of this machine's."""

    @property
    def address(self) -> str:
        """The bare address of the sender."""
        return parseaddr(self.mail_from)[1]

    @property
    def domain(self) -> str:
        """The sender's domain: what we call ourselves, and where message ids are unique."""
        return self.address.rpartition("@")[2]

    @property
    def must_encrypt(self) -> bool:
        """Whether nothing may be said in the clear: a login follows, or an authority was named."""
        return self.user is not None or self.ca is not None

    def trust(self) -> ssl.SSLContext:
        """By which its certificate is judged; raises `SettingsError` for what is no certificate."""
        return trusting(self.ca, "SMTP")

    @classmethod
    def from_url(cls, url: str, mail_from: str, ca: str | None = None) -> Self:
        """``smtp://host:port`` or ``smtps://user:password@host:port``; raises `SettingsError`.

        ``ca``: certificates in PEM, or the path of a file with them.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise SettingsError("the SMTP URL has no valid port") from None
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise SettingsError("the SMTP URL must look like smtp://host:port or smtps://host:port")
        tls = parts.scheme == "smtps"
        relay = cls(
            host=parts.hostname,
            port=port or (465 if tls else 25),
            mail_from=mail_from,
            tls=tls,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            ca=authorities(ca, "SMTP"),
        )
        known = mail_from.isprintable() and relay.address.isascii()
        if not (known and relay.address.rpartition("@")[0]):
            raise SettingsError("the sender of e-mail must be an address")
        relay.trust()
        return relay
