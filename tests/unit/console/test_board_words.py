"""Whatever notify or referral says of an offer has words on the board."""

from services.console.pages import offers
from services.console.pages.board import acts, told
from services.notify.channels.sms.inbound import DeliveryState
from services.notify.delivery.model import DropReason, Kind, Status
from services.referral.vocabularies import LISTS

NEVER_SHOWN = {DropReason.EXCLUDED, DropReason.UNIT_EXCLUDED}
"""Beside a name they would say who is accused."""


def test_every_code_of_a_delivery_has_words() -> None:
    """Whoever adds one adds its words; what must not be shown has none."""
    assert set(told.KINDS) == set(Kind)
    assert set(told.STATUSES) == set(Status)
    assert set(told.RECEIPTS) == set(DeliveryState)
    assert set(told.REASONS) == set(DropReason) - NEVER_SHOWN


def test_every_reason_is_of_a_list_that_referral_has() -> None:
    """Of steps, and of what a coordinator does."""
    acts_of = [*acts.OF_CASE.values(), *acts.OF_OFFER.values()]
    assert {*offers.REASONS.values(), *(each.reasons for each in acts_of)} <= set(LISTS)
