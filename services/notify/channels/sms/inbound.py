"""Inbound deliver_sm: a person's reply, or the provider's receipt for a text of ours."""

import re
from dataclasses import dataclass
from enum import StrEnum

from services.notify.channels.sms.alphabet import decode
from services.notify.channels.sms.provider import MessageIds
from services.notify.channels.sms.wire import (
    MESSAGE_STATE,
    RECEIPTED_MESSAGE_ID,
    TON_INTERNATIONAL,
    TON_UNKNOWN,
    Deliver,
    Malformed,
)
from shared.storable import storable

_MESSAGE_TYPE = 0x3C
_RECEIPTS = frozenset({0x04, 0x20})
"""A receipt at a text's end, and a notification on its way (SMPP 3.4, 5.2.12)."""
_HEADER_INDICATOR = 0x40
_SHORTEST_INTERNATIONAL = 11
_LONGEST_SENDER = 40
_RECEIPT_ID = re.compile(r"\bid:\s*(\S+)", re.IGNORECASE)
_RECEIPT_STATE = re.compile(r"\bstat:\s*(\w+)", re.IGNORECASE)


class DeliveryState(StrEnum):
    """How far a text came. None of them says that a person read it."""

    DELIVERED = "delivered"
    FAILED = "failed"
    PENDING = "pending"
    UNKNOWN = "unknown"


_BY_NUMBER = {
    1: DeliveryState.PENDING,  # enroute
    2: DeliveryState.DELIVERED,
    3: DeliveryState.FAILED,  # expired
    4: DeliveryState.FAILED,  # deleted
    5: DeliveryState.FAILED,  # undeliverable
    6: DeliveryState.PENDING,  # accepted
    8: DeliveryState.FAILED,  # rejected
}
_BY_WORD = {
    "DELIVRD": DeliveryState.DELIVERED,
    "EXPIRED": DeliveryState.FAILED,
    "DELETED": DeliveryState.FAILED,
    "UNDELIV": DeliveryState.FAILED,
    "REJECTD": DeliveryState.FAILED,
    "ACCEPTD": DeliveryState.PENDING,
    "ENROUTE": DeliveryState.PENDING,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A text somebody sent to us."""

    sender: str
    """``+`` and digits where the provider says or shows that it is international, else as sent."""
    text: str
    """One segment of it. Parts of a long text arrive as replies of their own."""


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """The provider's word on a text of ours; never an answer."""

    message_id: str
    """In the spelling that `SmppSession.submit` returned."""
    state: DeliveryState


def read(message: Deliver, ids: MessageIds) -> Reply | DeliveryReceipt:
    """What a deliver_sm says; raises `Malformed` for a receipt that names no message."""
    if message.esm_class & _MESSAGE_TYPE in _RECEIPTS:
        return _receipt(message, ids)
    octets = _without_header(message) if message.esm_class & _HEADER_INDICATOR else message.octets
    return Reply(sender=_number(message), text=decode(octets, message.data_coding))


def _receipt(message: Deliver, ids: MessageIds) -> DeliveryReceipt:
    """The options are the standard's way, the text every provider's custom: the options win."""
    text = message.octets.decode("latin-1")
    return DeliveryReceipt(
        message_id=_message_id(message.options.get(RECEIPTED_MESSAGE_ID, b""), text, ids),
        state=_state(message.options.get(MESSAGE_STATE, b""), text),
    )


def _message_id(option: bytes, text: str, ids: MessageIds) -> str:
    """By the standard the option repeats the answer's spelling; equal to the text, it has its."""
    exact = option.rstrip(b"\x00").decode("latin-1")
    match = _RECEIPT_ID.search(text)
    in_text = match.group(1) if match else ""
    if exact and exact != in_text:
        return ids.of_answer(exact)
    if not in_text:
        raise Malformed("a delivery receipt that names no message")
    return ids.of_receipt(in_text)


def _state(option: bytes, text: str) -> DeliveryState:
    if len(option) == 1:
        return _BY_NUMBER.get(option[0], DeliveryState.UNKNOWN)
    match = _RECEIPT_STATE.search(text)
    return _BY_WORD.get(match.group(1).upper() if match else "", DeliveryState.UNKNOWN)


def _without_header(message: Deliver) -> bytes:
    """The octets after the user data header, or all of them if its length cannot be true."""
    octets = message.octets
    after = octets[0] + 1 if octets else 0
    return octets[after:] if after <= len(octets) else octets


def _number(message: Deliver) -> str:
    """Some providers give international digits the unknown type of number."""
    source = storable(message.source, _LONGEST_SENDER)
    digits = source.removeprefix("+")
    if not digits.isdigit():
        return source
    looks_international = len(digits) >= _SHORTEST_INTERNATIONAL and not digits.startswith("0")
    if message.source_ton == TON_INTERNATIONAL or (
        message.source_ton == TON_UNKNOWN and looks_international
    ):
        return f"+{digits}"
    return source
