"""``tirek queue``: what waits for an organisation, from referral, and beside each whom to call."""

from services.notify import cli as notify
from services.referral import cli as referral


def queue() -> None:
    """Offers to your organisation: open ones first, most urgent on top. No survivor's data."""
    referral.show_queue(notify.beside)
