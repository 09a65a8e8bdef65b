"""The SMSC's side of the wire, on smpp34's codec: the client's is smpplib, and they must agree."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import smpp34

HEADER = 16
LONGEST = 65_536 + 1024

BIND_RECEIVER, BIND_TRANSMITTER, BIND_TRANSCEIVER = 0x01, 0x02, 0x09
SUBMIT_SM, DELIVER_SM, UNBIND, ENQUIRE_LINK = 0x04, 0x05, 0x06, 0x15
DATA_SM = 0x103
GENERIC_NACK = RESPONSE = 0x80000000

OK = 0x00
UNKNOWN_COMMAND = 0x03
NOT_BOUND = 0x04
BAD_DESTINATION = 0x0B
BAD_PASSWORD = 0x0E
QUEUE_FULL = 0x14
THROTTLED = 0x58
TRY_AGAIN = 0x64

_INTERNATIONAL, _TELEPHONE = 1, 1
_RECEIPT, _WITH_HEADER = 0x04, 0x40
_PAYLOAD = 0x0424


class BadFrame(Exception):
    """The client sent octets that are no SMPP."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole PDU: header fields, and all its octets for the codec."""

    command_id: int
    status: int
    sequence: int
    octets: bytes

    @property
    def body(self) -> bytes:
        """What follows the header."""
        return self.octets[HEADER:]


class Framer:
    """Cuts a TCP stream into frames, however it arrives."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, octets: bytes) -> Iterator[Frame]:
        """The frames that ``octets`` completes; raises `BadFrame`."""
        self._held += octets
        while len(self._held) >= HEADER:
            length, command_id, status, sequence = struct.unpack_from(">4L", self._held)
            if not HEADER <= length <= LONGEST:
                raise BadFrame(f"a PDU of {length} octets")
            if len(self._held) < length:
                return
            whole = bytes(self._held[:length])
            del self._held[:length]
            yield Frame(command_id, status, sequence, whole)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submit_sm asks for."""

    source: str
    destination: str
    data_coding: int
    octets: bytes
    wants_receipt: bool
    valid_for: str
    """How long it may be delivered, as SMPP writes it; empty: as long as the SMSC likes."""


def submitted(frame: Frame) -> Submitted:
    """Reads a submit_sm; raises `BadFrame`."""
    try:
        pdu = smpp34.decode(frame.octets)
    except smpp34.SmppError as problem:
        raise BadFrame(str(problem)) from problem
    if not isinstance(pdu, smpp34.SubmitSm):
        raise BadFrame("no submit_sm")
    return Submitted(
        source=pdu.source_addr,
        destination=pdu.destination_addr,
        data_coding=pdu.data_coding,
        octets=pdu.short_message,
        wants_receipt=bool(pdu.registered_delivery & 0x01),
        valid_for=pdu.validity_period,
    )


def header(command_id: int, status: int, sequence: int, body: bytes = b"") -> bytes:
    """A PDU of which only the header matters."""
    return struct.pack(">4L", HEADER + len(body), command_id, status, sequence) + body


def answer(frame: Frame, status: int, text: str = "") -> bytes:
    """The answer to ``frame``: with a text (message id, system id) only when all is well."""
    body = text.encode("latin-1") + b"\x00" if status == OK else b""
    return header(frame.command_id | RESPONSE, status, frame.sequence, body)


def system_id_and_password(frame: Frame) -> tuple[str, str]:
    """From a bind."""
    try:
        system_id, password, _rest = frame.body.split(b"\x00", 2)
    except ValueError:
        raise BadFrame("a bind without user and password") from None
    return system_id.decode("latin-1"), password.decode("latin-1")


@dataclass(frozen=True, slots=True)
class Deliver:
    """What a deliver_sm or data_sm carries: a phone's text, one part of it, or a receipt."""

    phone: str
    service: str
    octets: bytes
    data_coding: int = 0
    is_receipt: bool = False
    has_header: bool = False
    is_marked: bool = True
    """Whether esm_class says that it is a receipt."""
    by_data_sm: bool = False

    def encode(self, sequence: int) -> bytes:
        """The PDU."""
        is_receipt = self.is_receipt and self.is_marked
        kind = (_RECEIPT if is_receipt else 0) | (_WITH_HEADER if self.has_header else 0)
        if self.by_data_sm:
            return self._data_sm(kind, sequence)
        pdu = smpp34.DeliverSm(
            self.phone.removeprefix("+"),
            self.service.removeprefix("+"),
            self.octets,
            source_addr_ton=_INTERNATIONAL,
            source_addr_npi=_TELEPHONE,
            esm_class=kind,
            data_coding=self.data_coding,
            sequence_number=sequence,
        )
        return pdu.encode()

    def _data_sm(self, kind: int, sequence: int) -> bytes:
        """By hand (SMPP 3.4, 4.7.1): the codec has none."""
        source, destination = (
            bytes([_INTERNATIONAL, _TELEPHONE]) + number.removeprefix("+").encode() + b"\x00"
            for number in (self.phone, self.service)
        )
        fields = b"\x00" + source + destination + bytes([kind, 0, self.data_coding])
        payload = struct.pack(">HH", _PAYLOAD, len(self.octets)) + self.octets
        return header(DATA_SM, OK, sequence, fields + payload)
