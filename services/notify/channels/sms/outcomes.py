"""Failures of a text message."""

from services.notify.channels.outcomes import SendOutcomeUnknown, SendRefused, SendUnavailable


class SmsRefused(SendRefused):
    """The SMS provider refused the text for good."""


class SmsTooLong(SmsRefused):
    """The text needs more than one segment, which some operators do not join: nothing was sent."""


class SmsUnavailable(SendUnavailable):
    """The SMS provider could not be reached or asked for patience: the text was surely not sent."""


class SmsOutcomeUnknown(SendOutcomeUnknown):
    """The text was handed to the SMS provider, which never answered: it may have been sent."""
