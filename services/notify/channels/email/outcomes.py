"""Failures of an e-mail."""

from services.notify.channels.outcomes import SendOutcomeUnknown, SendRefused, SendUnavailable


class MailRefused(SendRefused):
    """The mail server refused the e-mail for good."""


class MailUnavailable(SendUnavailable):
    """The mail server could not take the e-mail now: it was surely not sent."""


class MailOutcomeUnknown(SendOutcomeUnknown):
    """The e-mail was handed over and never clearly answered: it may have been sent."""
