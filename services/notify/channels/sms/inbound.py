"""Inbound deliveries: a person's reply, or the provider's receipt for a text of ours.

A receipt is known by its class, by an option that only receipts have, or by its text
(docs/decisions/0021).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from services.notify.channels.sms.alphabet import Alphabet, decode
from services.notify.channels.sms.provider import MessageIds
from services.notify.channels.sms.wire import (
    MESSAGE_STATE,
    RECEIPTED_MESSAGE_ID,
    SAR_NUMBER,
    SAR_REFERENCE,
    SAR_TOTAL,
    TON_INTERNATIONAL,
    TON_UNKNOWN,
    Deliver,
    Malformed,
)
from shared.storable import storable

_MESSAGE_TYPE = 0x3C
_RECEIPTS = frozenset({0x04, 0x08, 0x20})
"""A receipt at a text's end, a phone's own acknowledgement, and a notification on the way
(SMPP 3.4, 5.2.12). A *user* acknowledgement (0x10) is what somebody typed."""
_HEADER_INDICATOR = 0x40
_CONCATENATED = {0x00: 1, 0x08: 2}
"""Elements of a user data header that say which part this is; octets of their reference."""
_BYTE_ORDER_MARKS = b"\xfe\xff\xef\xbb\xbf"
_SHORTEST_INTERNATIONAL = 11
_LONGEST_SENDER = 40
_RECEIPT_ID = re.compile(r"\bid:\s*(\S+)", re.IGNORECASE)
_RECEIPT_STATE = re.compile(r"\bstat:\s*(\w+)", re.IGNORECASE)
_RECEIPT = re.compile(r"\s*id:\s*\S+\s.*?\bstat:\s*\w", re.IGNORECASE | re.DOTALL)
"""The text that SMPP 3.4, appendix B, gives for an example; nobody types that."""


class DeliveryState(StrEnum):
    """How far a text came. None of them says that a person read it."""

    DELIVERED = "delivered"
    EXPIRED = "expired"
    """The phone was not to be reached while the text was worth delivering."""
    FAILED = "failed"
    PENDING = "pending"
    UNKNOWN = "unknown"


_BY_NUMBER = {
    1: DeliveryState.PENDING,  # enroute
    2: DeliveryState.DELIVERED,
    3: DeliveryState.EXPIRED,
    4: DeliveryState.FAILED,  # deleted
    5: DeliveryState.FAILED,  # undeliverable
    6: DeliveryState.PENDING,  # accepted
    8: DeliveryState.FAILED,  # rejected
}
_BY_WORD = {
    "DELIVRD": DeliveryState.DELIVERED,
    "DELIVERED": DeliveryState.DELIVERED,
    "EXPIRED": DeliveryState.EXPIRED,
    "DELETED": DeliveryState.FAILED,
    "UNDELIV": DeliveryState.FAILED,
    "UNDELIVERABLE": DeliveryState.FAILED,
    "UNDELIVERED": DeliveryState.FAILED,
    "REJECTD": DeliveryState.FAILED,
    "REJECTED": DeliveryState.FAILED,
    "ACCEPTD": DeliveryState.PENDING,
    "ACCEPTED": DeliveryState.PENDING,
    "ENROUTE": DeliveryState.PENDING,
}


@dataclass(frozen=True, slots=True)
class Unread:
    """A text as it came, whose coding or letters we do not know for certain."""

    octets: bytes
    data_coding: int


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a long text this is: ``number`` of ``total``, from 1; one ``reference`` all."""

    reference: int
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A text somebody sent to us, or one part of it."""

    sender: str
    """``+`` and digits where the provider says or shows that it is international, else as sent."""
    text: str
    """Of what is unread: what any coding would show."""
    unread: Unread | None = None
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """The provider's word on a text of ours; never an answer."""

    message_id: str
    """In the spelling that `SmppSession.submit` returned."""
    state: DeliveryState


def read(
    message: Deliver, ids: MessageIds, provider: Alphabet | None = None
) -> Reply | DeliveryReceipt:
    """What a delivery says; raises `Malformed` for a receipt that names no message.

    ``provider``: its own 8-bit alphabet, see `alphabet.decode`.
    """
    if _is_receipt(message):
        return _receipt(message, ids)
    octets, part = message.octets, _part_by_options(message)
    if message.esm_class & _HEADER_INDICATOR:
        octets, in_header = _without_header(octets)
        part = in_header or part
    decoded = decode(octets, message.data_coding, provider)
    return Reply(
        sender=_number(message),
        text=decoded.text,
        unread=None if decoded.certain else Unread(octets, message.data_coding),
        part=part,
    )


def _is_receipt(message: Deliver) -> bool:
    return (
        message.esm_class & _MESSAGE_TYPE in _RECEIPTS
        or any(message.options.get(tag) for tag in (RECEIPTED_MESSAGE_ID, MESSAGE_STATE))
        or bool(_RECEIPT.match(_receipt_text(message)))
    )


def _receipt_text(message: Deliver) -> str:
    """A receipt is ASCII by custom: without its NULs, UCS-2 is too, whatever its coding says."""
    return message.octets.replace(b"\x00", b"").lstrip(_BYTE_ORDER_MARKS).decode("latin-1")


def _receipt(message: Deliver, ids: MessageIds) -> DeliveryReceipt:
    """The options are the standard's way, the text every provider's custom: the options win."""
    text = _receipt_text(message)
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


def _part_by_options(message: Deliver) -> Part | None:
    """By the sar options: numbers of one octet, the reference of two."""
    values = (message.options.get(tag, b"") for tag in (SAR_REFERENCE, SAR_NUMBER, SAR_TOTAL))
    return _part(*(int.from_bytes(value[-2:]) for value in values))


def _without_header(octets: bytes) -> tuple[bytes, Part | None]:
    """The octets after the user data header, and which part it says this is (3GPP TS 23.040).

    All octets if its length cannot be true.
    """
    after = octets[0] + 1 if octets else 0
    if after > len(octets):
        return octets, None
    header, part = octets[1:after], None
    while len(header) >= 2:
        element, value, header = header[0], header[2 : 2 + header[1]], header[2 + header[1] :]
        size = _CONCATENATED.get(element)
        if size is not None and len(value) == size + 2:
            part = _part(int.from_bytes(value[:size]), value[-1], value[-2])
    return octets[after:], part


def _part(reference: int, number: int, total: int) -> Part | None:
    """None for a text that is whole, and for numbers that cannot be."""
    return Part(reference, number, total) if 1 <= number <= total and total > 1 else None


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
