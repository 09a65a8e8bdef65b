"""SMPP on the wire, octet by octet."""

import asyncio
import struct
from contextlib import suppress

import pytest
import smpp34
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.sms import wire
from services.notify.channels.sms.alphabet import encode
from services.notify.channels.sms.wire import Malformed, Pdu

pdus = st.builds(
    Pdu,
    command_id=st.integers(0, 0xFFFFFFFF),
    status=st.integers(0, 0xFFFFFFFF),
    sequence=st.integers(0, 0xFFFFFFFF),
    body=st.binary(max_size=300),
)


def test_a_bind_is_what_the_standard_says() -> None:
    """bind_transceiver, octets written by hand from SMPP 3.4, 4.1.5."""
    assert wire.bind_transceiver(1, "tirek", "secret", "") == bytes.fromhex(
        "00000022 00000009 00000000 00000001746972656b00 73656372657400 00 34 00 00 00"
    )


def test_a_submit_is_what_the_standard_says() -> None:
    """submit_sm in UCS-2 from a short code, a receipt asked for (SMPP 3.4, 4.4.1)."""
    assert wire.submit_sm(7, wire.Text("1000", "996000000101", encode("Ооба"))) == bytes.fromhex(
        "00000039 00000004 00000000 00000007"
        "00 03 00 3130303000 01 01 39393630303030303031303100"
        "00 00 00 00 00 01 00 08 00 08 041e043e04310430"
    )


@pytest.mark.parametrize(
    ("seconds", "period"),
    [
        (None, ""),
        (-3.0, "000000000001000R"),
        (0.4, "000000000001000R"),
        (299.9, "000000000459000R"),
        (4 * 86_400 + 3661, "000004010101000R"),
        (1e9, "000030000000000R"),
    ],
)
def test_how_long_a_text_is_worth_is_a_span_of_the_standard(
    seconds: float | None, period: str
) -> None:
    """Relative (SMPP 3.4, 7.1.1): neither our clock nor a zone matters; empty: nothing is said."""
    text = wire.Text("1000", "996000000101", encode("Hi"))
    pdu = smpp34.decode(wire.submit_sm(1, text, valid_for=seconds))
    assert isinstance(pdu, smpp34.SubmitSm)
    assert pdu.validity_period == period


def test_answers_are_what_the_standard_says() -> None:
    """enquire_link_resp, deliver_sm_resp and data_sm_resp (SMPP 3.4, 4.6.2, 4.7.2, 4.11.2)."""
    enquiry = Pdu(wire.ENQUIRE_LINK, 0, 9)
    assert enquiry.answered().encode() == bytes.fromhex("00000010 80000015 00000000 00000009")
    for command_id, answer in ((wire.DELIVER_SM, "80000005"), (wire.DATA_SM, "80000103")):
        told = wire.delivery_resp(Pdu(command_id, 0, 5, b"whatever"), 0x64)
        assert told == bytes.fromhex(f"00000011 {answer} 00000064 00000005 00")


@pytest.mark.parametrize(
    ("sender", "kind"),
    [("1000", (3, 0)), ("+996000000001", (1, 1)), ("996000000001", (1, 1)), ("Tirek", (5, 0))],
)
def test_the_sender_carries_its_type_of_number(sender: str, kind: tuple[int, int]) -> None:
    """A short code, an international number and letters are announced as such."""
    pdu = smpp34.decode(wire.submit_sm(1, wire.Text(sender, "996000000101", encode("Hi"))))
    assert isinstance(pdu, smpp34.SubmitSm)
    assert (pdu.source_addr_ton, pdu.source_addr_npi) == kind
    assert pdu.source_addr == sender.removeprefix("+")


@given(st.lists(pdus, max_size=6), st.data())
async def test_frames_survive_any_cutting_of_the_stream(
    sent: list[Pdu], data: st.DataObject
) -> None:
    """TCP may deliver one octet at a time or ten frames at once: the frames are the same."""
    stream = b"".join(pdu.encode() for pdu in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    reader = asyncio.StreamReader()

    async def arrive() -> None:
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            if end > start:
                reader.feed_data(stream[start:end])
            await asyncio.sleep(0)
        reader.feed_eof()

    arriving = asyncio.create_task(arrive())
    got = []
    while (pdu := await wire.read(reader)) is not None:
        got.append(pdu)
    await arriving
    assert got == sent


@pytest.mark.parametrize("length", [0, 15, 70_001, 0xFFFFFFFF])
async def test_an_impossible_length_is_malformed(length: int) -> None:
    """Memory is never given to a length that cannot be true."""
    reader = asyncio.StreamReader()
    reader.feed_data(struct.pack(">4L", length, 0x15, 0, 1))
    with pytest.raises(Malformed):
        await wire.read(reader)


@pytest.mark.parametrize("cut", [3, 15, 17])
async def test_a_stream_that_ends_inside_a_frame_is_malformed(cut: int) -> None:
    """Half a PDU is not an orderly end."""
    reader = asyncio.StreamReader()
    reader.feed_data(Pdu(wire.DELIVER_SM, 0, 1, b"abc").encode()[:cut])
    reader.feed_eof()
    with pytest.raises(Malformed):
        await wire.read(reader)


def test_a_delivery_is_read_with_every_option_it_carries() -> None:
    """Vendor options, and options the standard has for other PDUs, do no harm."""
    octets = smpp34.DeliverSm(
        "996000000101",
        "1000",
        source_addr_ton=1,
        data_coding=8,
        tlvs=[
            smpp34.Tlv(0x1401, b"vendor"),
            smpp34.Tlv(0x0005, b"\x01\x02"),  # dest_addr_subunit, with a wrong length
            smpp34.Tlv(wire.MESSAGE_PAYLOAD, "Ооба".encode("utf-16-be")),
        ],
        sequence_number=3,
    ).encode()
    message = wire.deliver(Pdu(wire.DELIVER_SM, 0, 3, octets[wire.HEADER :]))
    assert message.source == "996000000101"
    assert message.octets == "Ооба".encode("utf-16-be"), "the payload stands in for the text"
    assert message.options[0x1401] == b"vendor"


DATA_SM = bytes.fromhex(
    "00 01 01 39393630303030303031303100 03 00 3130303000 04 00 08"
    "0424 0008 041e043e04310430 001e 0003 313200 1401 0001 07"
)
"""Octets written by hand from SMPP 3.4, 4.7.1: a vendor's option is last."""


def test_a_data_sm_is_read_like_a_delivery() -> None:
    """Its text is always an option."""
    message = wire.deliver(Pdu(wire.DATA_SM, 0, 3, DATA_SM))
    assert message == wire.Deliver(
        source="996000000101",
        source_ton=1,
        esm_class=4,
        data_coding=8,
        octets="Ооба".encode("utf-16-be"),
        options={
            wire.MESSAGE_PAYLOAD: "Ооба".encode("utf-16-be"),
            wire.RECEIPTED_MESSAGE_ID: b"12\0",
            0x1401: b"\x07",
        },
    )


@pytest.mark.parametrize("cut", [*range(26), 27, 37, 40, 46])
def test_a_data_sm_cut_short_is_malformed(cut: int) -> None:
    """Wherever its body ends too early."""
    with pytest.raises(Malformed):
        wire.deliver(Pdu(wire.DATA_SM, 0, 3, DATA_SM[:cut]))


whole = smpp34.DeliverSm(
    "996000000101", "1000", b"Yes K7M2Q9X", tlvs=[smpp34.Tlv(0x001E, b"12\0")]
).encode()[wire.HEADER :]


@pytest.mark.parametrize("cut", range(len(whole) - 7))
def test_a_delivery_cut_short_is_malformed(cut: int) -> None:
    """Wherever the body of a deliver_sm ends too early, it is not half believed."""
    with pytest.raises(Malformed):
        wire.deliver(Pdu(wire.DELIVER_SM, 0, 1, whole[:cut]))


@given(st.sampled_from([wire.DELIVER_SM, wire.DATA_SM]), st.binary(max_size=300))
def test_noise_as_a_delivery_is_read_or_malformed_and_nothing_else(
    command_id: int, body: bytes
) -> None:
    """No octets from the peer raise anything that nobody expects."""
    with suppress(Malformed):
        wire.deliver(Pdu(command_id, 0, 1, body))


@given(st.integers(0, len(whole)), st.binary(min_size=1, max_size=4))
def test_a_damaged_delivery_is_read_or_malformed_and_nothing_else(at: int, noise: bytes) -> None:
    """The same, starting from a good PDU."""
    with suppress(Malformed):
        wire.deliver(Pdu(wire.DELIVER_SM, 0, 1, whole[:at] + noise + whole[at + len(noise) :]))


def test_a_message_id_is_read_or_missed() -> None:
    """Some providers leave the body out; one without an end is not an id."""
    assert wire.message_id(Pdu(0x80000004, 0, 1, b"abc12\x00")) == "abc12"
    assert wire.message_id(Pdu(0x80000004, 0, 1)) == ""
    with pytest.raises(Malformed):
        wire.message_id(Pdu(0x80000004, 0, 1, b"abc12"))
