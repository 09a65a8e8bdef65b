"""What arrives: replies and receipts, in the spellings that providers use."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notify.channels.sms import DeliveryReceipt, DeliveryState, MessageIds, Reply
from services.notify.channels.sms.alphabet import Alphabet
from services.notify.channels.sms.inbound import Part, Unread, read
from services.notify.channels.sms.wire import (
    MESSAGE_STATE,
    RECEIPTED_MESSAGE_ID,
    SAR_NUMBER,
    SAR_REFERENCE,
    SAR_TOTAL,
    Deliver,
    Malformed,
)

RECEIPT = 0x04


def delivered(
    octets: bytes,
    *,
    esm_class: int = 0,
    source: str = "996000000101",
    ton: int = 1,
    options: dict[int, bytes] | None = None,
    data_coding: int = 0,
) -> Deliver:
    """A deliver_sm in the default alphabet."""
    return Deliver(source, ton, esm_class, data_coding, octets, options or {})


@pytest.mark.parametrize(
    ("source", "ton", "number"),
    [
        ("996000000101", 1, "+996000000101"),
        ("+996000000101", 1, "+996000000101"),
        ("996000000101", 0, "+996000000101"),
        ("0000000101", 0, "0000000101"),
        ("1000", 0, "1000"),
        ("Bank", 5, "Bank"),
    ],
)
def test_a_number_is_international_where_the_provider_says_or_shows_it(
    source: str, ton: int, number: str
) -> None:
    """What may be a national or short number is left to those who know the country."""
    assert read(delivered(b"Yes", source=source, ton=ton), MessageIds.SAME) == Reply(number, "Yes")


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"\x04\x05\x02\x00\x2aYes", "Yes"),
        (b"\x05\x00\x03\x2a\x01\x01Yes", "Yes"),
        (b"\x30Yes", "0Yes"),
        (b"", ""),
    ],
)
def test_a_user_data_header_is_passed_over(octets: bytes, text: str) -> None:
    """A text that is whole is read without its header; one that has none is read as text."""
    assert read(delivered(octets, esm_class=0x40), MessageIds.SAME) == Reply("+996000000101", text)


@pytest.mark.parametrize(
    ("octets", "options", "part"),
    [
        (b"\x05\x00\x03\x2a\x02\x01Yes", {}, Part(0x2A, 1, 2)),
        (b"\x06\x08\x04\x01\x2a\x03\x02Yes", {}, Part(0x12A, 2, 3)),
        (b"\x09\x05\x02\x00\x07\x00\x03\x2a\x02\x02Yes", {}, Part(0x2A, 2, 2)),
        (b"\x05\x00\x03\x2a\x02\x03Yes", {}, None),
        (b"\x04\x00\x02\x2a\x02Yes", {}, None),
        (
            b"Yes",
            {SAR_REFERENCE: b"\x01\x2a", SAR_TOTAL: b"\x02", SAR_NUMBER: b"\x01"},
            Part(0x12A, 1, 2),
        ),
        (b"Yes", {SAR_REFERENCE: b"\x01\x2a", SAR_TOTAL: b"\x02"}, None),
    ],
)
def test_a_part_says_which_one_it_is(
    octets: bytes, options: dict[int, bytes], part: Part | None
) -> None:
    """By its header, of both sizes and with other elements before it, or by the sar options."""
    esm_class = 0 if options else 0x40
    found = read(delivered(octets, esm_class=esm_class, options=options), MessageIds.SAME)
    assert found == Reply("+996000000101", "Yes", part=part)


def test_what_is_not_read_for_certain_is_handed_over_as_it_came() -> None:
    """With what any coding shows; not when the provider's own alphabet is known."""
    octets = "ДА K7M2Q9X".encode("cp1251")
    found = read(delivered(octets), MessageIds.SAME)
    assert isinstance(found, Reply)
    assert (found.text[-7:], found.unread) == ("K7M2Q9X", Unread(octets, 0))
    known = read(delivered(octets), MessageIds.SAME, Alphabet.CP1251)
    assert known == Reply("+996000000101", "ДА K7M2Q9X")


STANDARD = b"id:255 sub:001 dlvrd:001 submit date:2611231200 done date:2611231201 stat:DELIVRD"


@pytest.mark.parametrize(
    ("octets", "options", "data_coding"),
    [
        (STANDARD, {}, 0),
        (STANDARD.lower(), {}, 0),
        (b"id:255 stat:DELIVRD text:", {}, 3),
        (b" ID: 255 submit date:1 STAT: DELIVERED", {}, 0),
        (STANDARD.decode().encode("utf-16-be"), {}, 8),
        (STANDARD.decode().encode("utf-16-le"), {}, 8),
        (STANDARD.decode().encode("utf-16-be"), {}, 0),
        (STANDARD.decode().encode("utf-16"), {}, 8),
        (STANDARD.decode().encode("utf-8-sig"), {}, 0),
        (b"", {RECEIPTED_MESSAGE_ID: b"255\0", MESSAGE_STATE: b"\x02"}, 0),
        (b"Delivered.", {RECEIPTED_MESSAGE_ID: b"255\0", MESSAGE_STATE: b"\x02"}, 0),
        (b"id:255", {MESSAGE_STATE: b"\x02"}, 0),
    ],
)
@pytest.mark.parametrize("esm_class", [0, RECEIPT, 0x08])
def test_a_receipt_is_known_without_its_class(
    octets: bytes, options: dict[int, bytes], data_coding: int, esm_class: int
) -> None:
    """By its options or its text, in ASCII or UCS-2: nobody hears «code not found» of it."""
    message = delivered(octets, esm_class=esm_class, options=options, data_coding=data_coding)
    assert read(message, MessageIds.SAME) == DeliveryReceipt("255", DeliveryState.DELIVERED)


@pytest.mark.parametrize(
    ("text", "esm_class", "options"),
    [
        ("ДА K7M2Q9X", 0, {}),
        ("ДА K7M2Q9X", 0x10, {}),
        ("ДА K7M2Q9X", 0, {RECEIPTED_MESSAGE_ID: b"", MESSAGE_STATE: b""}),
        ("my id: K7M2Q9X stat: yes", 0, {}),
        ("id: K7M2Q9X", 0, {}),
        ("«id:1 stat:DELIVRD» ДА K7M2Q9X", 0, {}),
    ],
)
def test_what_somebody_typed_is_never_taken_for_a_receipt(
    text: str, esm_class: int, options: dict[int, bytes]
) -> None:
    """Also a user's acknowledgement, and a receipt that is quoted."""
    message = delivered(
        text.encode("utf-16-be"), esm_class=esm_class, options=options, data_coding=8
    )
    assert read(message, MessageIds.SAME) == Reply("+996000000101", text)


@pytest.mark.parametrize(
    ("ids", "answer", "receipt"),
    [
        (MessageIds.SAME, "0000000042", "0000000042"),
        (MessageIds.SAME, "A-7f", "A-7f"),
        (MessageIds.HEX_THEN_DECIMAL, "000000FF", "255"),
        (MessageIds.HEX_THEN_DECIMAL, "ff", "0000000255"),
        (MessageIds.DECIMAL_THEN_HEX, "255", "00FF"),
        (MessageIds.HEX_THEN_DECIMAL, "not-a-number", "not-a-number"),
    ],
)
def test_a_receipt_meets_its_message_however_the_provider_spells_the_id(
    ids: MessageIds, answer: str, receipt: str
) -> None:
    """Hex in the answer and decimal in the receipt are one id."""
    text = (
        f"id:{receipt} sub:001 dlvrd:001 submit date:2611231200 done date:2611231201 stat:DELIVRD"
    )
    read_back = read(delivered(text.encode(), esm_class=RECEIPT), ids)
    assert read_back == DeliveryReceipt(ids.of_answer(answer), DeliveryState.DELIVERED)


def test_the_option_repeats_the_answers_spelling() -> None:
    """receipted_message_id is the answer's id (SMPP 3.4, 5.3.2.12), unless it copies the text."""
    by_standard = delivered(
        b"id:255 stat:DELIVRD", esm_class=RECEIPT, options={RECEIPTED_MESSAGE_ID: b"FF\0"}
    )
    copied = delivered(
        b"id:255 stat:DELIVRD", esm_class=RECEIPT, options={RECEIPTED_MESSAGE_ID: b"255\0"}
    )
    alone = delivered(b"", esm_class=RECEIPT, options={RECEIPTED_MESSAGE_ID: b"FF\0"})
    for message in (by_standard, copied, alone):
        receipt = read(message, MessageIds.HEX_THEN_DECIMAL)
        assert isinstance(receipt, DeliveryReceipt)
        assert receipt.message_id == "ff"


@pytest.mark.parametrize(
    ("word", "number", "state"),
    [
        ("DELIVRD", b"", DeliveryState.DELIVERED),
        ("delivrd", b"", DeliveryState.DELIVERED),
        ("UNDELIV", b"", DeliveryState.FAILED),
        ("EXPIRED", b"", DeliveryState.EXPIRED),
        ("REJECTD", b"", DeliveryState.FAILED),
        ("ENROUTE", b"", DeliveryState.PENDING),
        ("SOMETHING", b"", DeliveryState.UNKNOWN),
        ("DELIVRD", b"\x05", DeliveryState.FAILED),
        ("", b"\x02", DeliveryState.DELIVERED),
        ("", b"\x63", DeliveryState.UNKNOWN),
    ],
)
def test_a_receipt_says_how_far_the_text_came(
    word: str, number: bytes, state: DeliveryState
) -> None:
    """The option wins over the word; what nobody knows is unknown, never delivered."""
    message = delivered(
        f"id:1 stat:{word}".encode(), esm_class=RECEIPT, options={MESSAGE_STATE: number}
    )
    assert read(message, MessageIds.SAME) == DeliveryReceipt("1", state)


def test_a_notification_on_the_way_is_no_reply() -> None:
    """esm_class 0x20 is about a text of ours as well."""
    message = delivered(b"id:1 stat:ENROUTE", esm_class=0x20)
    assert read(message, MessageIds.SAME) == DeliveryReceipt("1", DeliveryState.PENDING)


def test_a_receipt_that_names_no_message_is_malformed() -> None:
    """It cannot be kept, and is never taken for a reply."""
    with pytest.raises(Malformed):
        read(delivered(b"stat:DELIVRD", esm_class=RECEIPT), MessageIds.SAME)


@given(
    octets=st.binary(max_size=400),
    coding=st.sampled_from([0, 1, 3, 4, 6, 8, 0x18, 0xF5]),
    esm_class=st.sampled_from([0, 4, 8, 0x10, 0x20, 0x40, 0x44]),
    source=st.binary(max_size=60),
    option=st.none() | st.binary(max_size=400),
    ids=st.sampled_from(MessageIds),
)
@example(b"id:a\0b stat:DELIVRD", 0, 4, b"x", None, MessageIds.SAME)
@example(b"", 0, 4, b"x", b"a\0b", MessageIds.SAME)
@example(b"id:" + b"7" * 397, 0, 4, b"x", None, MessageIds.DECIMAL_THEN_HEX)
@example(b"\xd8\x00\x00\x00", 8, 0, b"\x00", None, MessageIds.SAME)
def test_whatever_a_provider_sends_can_be_stored_or_is_malformed(
    octets: bytes, coding: int, esm_class: int, source: bytes, option: bytes | None, ids: MessageIds
) -> None:
    """What PostgreSQL refuses would be repeated for ever: neither NUL nor surrogate nor any length
    comes through, in any field."""
    options = {} if option is None else {RECEIPTED_MESSAGE_ID: option}
    told = Deliver(source.decode("latin-1"), 1, esm_class, coding, octets, options)
    try:
        found = read(told, ids)
    except Malformed:
        return
    texts = [found.message_id] if isinstance(found, DeliveryReceipt) else [found.sender, found.text]
    for text in texts:
        text.encode()
        assert "\0" not in text
        assert len(text) <= 400
    if isinstance(found, DeliveryReceipt):
        assert len(found.message_id) <= 65


def test_an_id_is_one_in_the_answer_and_in_the_receipt_however_strange() -> None:
    """Replaced and cut alike, or its receipt would find no message."""
    for spelling in ("a\0b", "x" * 500, "\x85\xff", " 7 "):
        assert MessageIds.SAME.of_answer(spelling) == MessageIds.SAME.of_receipt(spelling)
