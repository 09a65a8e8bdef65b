"""E-mail over SMTP: one message, one connection, one of three outcomes."""

from services.notify.channels.email.outcomes import (
    MailOutcomeUnknown,
    MailRefused,
    MailUnavailable,
)
from services.notify.channels.email.relay import MailRelay
from services.notify.channels.email.sender import EmailChannel

__all__ = [
    "EmailChannel",
    "MailOutcomeUnknown",
    "MailRefused",
    "MailRelay",
    "MailUnavailable",
]
