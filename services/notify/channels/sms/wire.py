"""SMPP 3.4 on the wire: frames by our own hand, bodies by smpplib's codec (never its client)."""

import struct
from asyncio import IncompleteReadError, StreamReader
from collections.abc import Mapping
from dataclasses import dataclass, replace

from smpplib import command, smpp

from services.notify.channels.sms.alphabet import Encoded

HEADER = 16
LARGEST = 70_000
"""A delivery with the longest message_payload (64 KiB) still fits; more is noise."""

GENERIC_NACK = 0x80000000
ANSWER = 0x80000000
"""The bit that tells an answer from a request."""
SUBMIT_SM = 0x00000004
DELIVER_SM = 0x00000005
UNBIND = 0x00000006
BIND_TRANSCEIVER = 0x00000009
OUTBIND = 0x0000000B
ENQUIRE_LINK = 0x00000015
ALERT_NOTIFICATION = 0x00000102
DATA_SM = 0x00000103

RECEIPTED_MESSAGE_ID = 0x001E
SAR_REFERENCE, SAR_TOTAL, SAR_NUMBER = 0x020C, 0x020E, 0x020F
MESSAGE_PAYLOAD = 0x0424
MESSAGE_STATE = 0x0427

TON_UNKNOWN, TON_INTERNATIONAL, TON_NETWORK, TON_LETTERS = 0, 1, 3, 5
NPI_UNKNOWN, NPI_TELEPHONE = 0, 1
_RECEIPT_ON_ANY_END = 0x01
_LONGEST_SHORT_CODE = 6
_LONGEST_PERIOD = 30 * 24 * 60 * 60


class Malformed(Exception):
    """The peer sent octets that are no SMPP 3.4."""


@dataclass(frozen=True, slots=True)
class Pdu:
    """One frame: the header's fields and the body's octets."""

    command_id: int
    status: int
    sequence: int
    body: bytes = b""

    @property
    def is_answer(self) -> bool:
        """Whether it answers a request of ours."""
        return bool(self.command_id & ANSWER)

    def numbered(self, sequence: int) -> bytes:
        """The frame under another sequence number."""
        return replace(self, sequence=sequence).encode()

    def answered(self) -> "Pdu":
        """The answer without a body, that all is well."""
        return Pdu(self.command_id | ANSWER, 0, self.sequence)

    def encode(self) -> bytes:
        """The frame, for the bodies that need no codec."""
        length = HEADER + len(self.body)
        return struct.pack(">4L", length, self.command_id, self.status, self.sequence) + self.body


@dataclass(frozen=True, slots=True)
class Deliver:
    """The fields of a deliver_sm or data_sm that we read."""

    source: str
    source_ton: int
    esm_class: int
    data_coding: int
    octets: bytes
    options: Mapping[int, bytes]


async def read(reader: StreamReader) -> Pdu | None:
    """The next frame however TCP cut it, or None at the end; raises `Malformed`."""
    try:
        head = await reader.readexactly(HEADER)
        length, command_id, status, sequence = struct.unpack(">4L", head)
        if not HEADER <= length <= LARGEST:
            raise Malformed("impossible PDU length")
        body = await reader.readexactly(length - HEADER)
    except IncompleteReadError as end:
        if end.partial or end.expected != HEADER:
            raise Malformed("the stream ended inside a PDU") from None
        return None
    return Pdu(command_id, status, sequence, body)


def bind_transceiver(sequence: int, system_id: str, password: str, system_type: str) -> bytes:
    """A request to be bound for both directions."""
    return _encode(
        "bind_transceiver",
        sequence,
        system_id=system_id,
        password=password,
        system_type=system_type,
    )


@dataclass(frozen=True, slots=True)
class Text:
    """One text to one phone; ``destination`` is international digits."""

    sender: str
    destination: str
    encoded: Encoded


def submit_sm(sequence: int, text: Text, *, valid_for: float | None = None) -> bytes:
    """Asks for a text to be sent, and for a receipt.

    ``valid_for`` seconds the SMSC may try to deliver it; without, as long as it does by itself.
    """
    source_ton, source_npi = _kind_of(text.sender)
    return _encode(
        "submit_sm",
        sequence,
        source_addr_ton=source_ton,
        source_addr_npi=source_npi,
        source_addr=text.sender.removeprefix("+"),
        dest_addr_ton=TON_INTERNATIONAL,
        dest_addr_npi=NPI_TELEPHONE,
        destination_addr=text.destination,
        validity_period=_period(valid_for),
        registered_delivery=_RECEIPT_ON_ANY_END,
        data_coding=text.encoded.data_coding,
        short_message=text.encoded.octets,
    )


def _period(seconds: float | None) -> str:
    """A span as SMPP 3.4 writes it (7.1.1): relative, so that no clock but the SMSC's counts.

    A part of a second more than none is one, and a month is the longest.
    """
    if seconds is None:
        return ""
    minutes, second = divmod(min(max(int(seconds), 1), _LONGEST_PERIOD), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return f"0000{days:02}{hour:02}{minute:02}{second:02}000R"


def delivery_resp(delivery: Pdu, status: int) -> bytes:
    """Our answer to a deliver_sm or data_sm. Its message_id is the SMSC's to give, and empty."""
    return Pdu(delivery.command_id | ANSWER, status, delivery.sequence, b"\x00").encode()


def command_of(frame: bytes) -> int:
    """The command id of a frame of ours."""
    return int.from_bytes(frame[4:8])


def message_id(answer: Pdu) -> str:
    """The provider's id in a submit_sm_resp: empty when it sent none; raises `Malformed`."""
    octets, end, _ = answer.body.partition(b"\x00")
    if answer.body and not end:
        raise Malformed("message_id without an end")
    return octets.decode("latin-1")


def deliver(pdu: Pdu) -> Deliver:
    """Reads a deliver_sm, or a data_sm, whose text is always an option; raises `Malformed`."""
    parsed = _DataSm() if pdu.command_id == DATA_SM else _DeliverSm()
    try:
        parsed.parse(pdu.encode())
    except (struct.error, TypeError) as problem:  # all that smpplib's parser lets through
        raise Malformed("delivery cut short") from problem
    # a body that ends early leaves the rest of the fields unset
    if parsed.data_coding is None or not parsed.is_whole:
        raise Malformed("delivery cut short")
    options: Mapping[int, bytes] = parsed.options
    return Deliver(
        source=parsed.source_addr.decode("latin-1"),
        source_ton=parsed.source_addr_ton,
        esm_class=parsed.esm_class,
        data_coding=parsed.data_coding,
        octets=parsed.text or options.get(MESSAGE_PAYLOAD, b""),
        options=options,
    )


class _Careful(command.Command):  # type: ignore[misc]  # smpplib carries no types
    """smpplib's parser, except where it would misread a peer.

    It fails on an option that it knows but does not list, trusts an integer option's size over the
    length sent, and takes a string without an end for an empty one.
    """

    options: dict[int, bytes]

    def _parse_string(
        self, field: str, data: bytes, pos: int, length: int | None = None
    ) -> tuple[bytes, int]:
        if data.find(b"\x00", pos) < 0:
            raise Malformed(f"{field} without an end")
        parsed: tuple[bytes, int] = super()._parse_string(field, data, pos, length)
        return parsed

    def parse_optional_params(self, data: bytes) -> None:
        """Keeps every option by its tag, known or not."""
        at = 0
        while at < len(data):
            tag, length = struct.unpack_from(">HH", data, at)
            value = data[at + 4 : at + 4 + length]
            if len(value) != length:
                raise Malformed("option cut short")
            self.options[tag] = value
            at += 4 + length


class _DeliverSm(_Careful, command.DeliverSM):  # type: ignore[misc]  # as above
    def __init__(self) -> None:
        super().__init__("deliver_sm", sequence=0)
        self.options = {}
        self.sm_length = None  # of the class's own making is 0, which a cut would leave in place

    @property
    def text(self) -> bytes:
        return self.short_message or b""

    @property
    def is_whole(self) -> bool:
        return self.sm_default_msg_id is not None and len(self.text) == self.sm_length


class _DataSm(_Careful, command.DataSM):  # type: ignore[misc]  # as above
    text, is_whole = b"", True

    def __init__(self) -> None:
        super().__init__("data_sm", sequence=0)
        self.options = {}


def _kind_of(sender: str) -> tuple[int, int]:
    """Type of number and numbering plan, as providers in practice want them."""
    if sender.startswith("+"):
        return TON_INTERNATIONAL, NPI_TELEPHONE
    if not sender.isdigit():
        return (TON_LETTERS, NPI_UNKNOWN) if sender else (TON_UNKNOWN, NPI_UNKNOWN)
    if len(sender) <= _LONGEST_SHORT_CODE:
        return TON_NETWORK, NPI_UNKNOWN
    return TON_INTERNATIONAL, NPI_TELEPHONE


def _encode(name: str, sequence: int, **fields: str | int | bytes) -> bytes:
    pdu = smpp.make_pdu(name, sequence=sequence, **fields)
    pdu.sequence = sequence  # the constructor takes the argument and forgets it
    octets: bytes = pdu.generate()
    return octets
