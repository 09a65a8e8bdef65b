"""SMS over SMPP 3.4: our own session over a library's codec, one segment a text."""

from dataclasses import dataclass

from services.notify.channels import Content, Receipt
from services.notify.channels.sms.inbound import DeliveryReceipt, DeliveryState, Reply
from services.notify.channels.sms.outcomes import (
    SmsOutcomeUnknown,
    SmsRefused,
    SmsTooLong,
    SmsUnavailable,
)
from services.notify.channels.sms.provider import MessageIds, Provider
from services.notify.channels.sms.session import SmppSession
from services.notify.channels.sms.timing import Timing

__all__ = [
    "DeliveryReceipt",
    "DeliveryState",
    "MessageIds",
    "Provider",
    "Reply",
    "SmppSession",
    "SmsChannel",
    "SmsOutcomeUnknown",
    "SmsRefused",
    "SmsTooLong",
    "SmsUnavailable",
    "Timing",
]


@dataclass(frozen=True, slots=True)
class SmsChannel:
    """The `Channel` over one session; ordinary texts and emergencies each have their own."""

    session: SmppSession

    async def send(self, destination: str, content: Content, reference: str) -> Receipt:
        """See `Channel.send`; ``destination`` is ``+`` and digits, the subject is left out."""
        taken = await self.session.submit(
            destination, content.text, reference=reference, lasts=content.lasts
        )
        return Receipt(taken)
