"""Texts to octets and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.simulators import texts
from services.notify.channels.sms import SmsTooLong
from services.notify.channels.sms.alphabet import GSM, UCS2, decode, encode
from shared.jurisdiction.sms_segments import ESCAPE, GSM_BASIC, GSM_EXTENDED

GSM_LETTERS = sorted({*GSM_BASIC, *GSM_EXTENDED.values()} - {chr(ESCAPE)})


def test_one_cyrillic_letter_makes_the_whole_text_ucs2() -> None:
    """What a phone shows decides the alphabet, letter by letter."""
    assert encode("Yes K7M2Q9X").data_coding == GSM
    assert encode("Ооба K7M2Q9X").data_coding == UCS2


def test_the_gsm_alphabet_has_the_codes_of_the_standard() -> None:
    """Spot checks against 3GPP TS 23.038, the letters that naive tables get wrong among them."""
    assert encode("@Δ§à").octets == bytes([0x00, 0x10, 0x5F, 0x7F])
    assert encode("€[]").octets == bytes([0x1B, 0x65, 0x1B, 0x3C, 0x1B, 0x3E])
    assert encode("`").data_coding == UCS2, "the alphabet has no backtick"


def test_all_letters_that_are_measured_as_gsm_can_be_encoded_as_gsm() -> None:
    """The measure used for message texts and the encoder agree on the alphabet."""
    for letter in GSM_LETTERS:
        assert encode(letter).data_coding == GSM


@pytest.mark.parametrize(
    ("text", "fits"),
    [("ү" * 70, True), ("ү" * 71, False), ("a" * 160, True), ("a" * 161, False), ("€" * 81, False)],
)
def test_a_text_of_more_than_one_segment_is_refused(text: str, fits: bool) -> None:
    """70 UCS-2 units or 160 septets, escapes counted twice; nothing is cut or split."""
    if fits:
        assert encode(text).octets
    else:
        with pytest.raises(SmsTooLong):
            encode(text)


def test_an_emoji_counts_as_two_units() -> None:
    """UCS-2 counts UTF-16 code units, as the network does."""
    assert encode("🙂" * 35).octets
    with pytest.raises(SmsTooLong, match="72 of 70"):
        encode("🙂" * 36)


@given(st.text(st.sampled_from(GSM_LETTERS), max_size=80))
def test_gsm_texts_come_back_as_they_went(text: str) -> None:
    """Decoding undoes encoding, here and on the simulator's own table."""
    octets = encode(text).octets
    assert decode(octets, GSM) == text
    assert texts.shown(octets, GSM) == text


@given(st.text(max_size=35))
def test_any_text_reaches_a_phone_as_it_was_written(text: str) -> None:
    """The simulator's table, written apart from ours, shows the same text."""
    encoded = encode(text)
    assert texts.shown(encoded.octets, encoded.data_coding) == text


@given(st.binary(max_size=160), st.integers(0, 255))
def test_no_octets_can_break_the_reading_of_a_reply(octets: bytes, data_coding: int) -> None:
    """Whatever a phone sends, the result is text that PostgreSQL takes."""
    text = decode(octets, data_coding)
    assert "\x00" not in text
    text.encode("utf-8")


@pytest.mark.parametrize(
    ("octets", "data_coding", "text"),
    [
        ("Ооба".encode("utf-16-be"), 0x08, "Ооба"),
        ("Ооба".encode("utf-16-be"), 0x18, "Ооба"),
        ("Ça va".encode("latin-1"), 0x03, "Ça va"),
        (b"\x00 K7", 0xF1, "@ K7"),
        (b"K7\x1b", 0x00, "K7"),
        (b"\x1b\x41", 0x00, "A"),
        (b"K7M2Q9X \xff", 0x04, "K7M2Q9X \N{REPLACEMENT CHARACTER}"),
        (b"\xd8\x00\x00A", 0x08, "\N{REPLACEMENT CHARACTER}A"),
        (b"\x00A\x00", 0x08, "A\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_replies_are_read_in_every_coding_seen_in_the_field(
    octets: bytes, data_coding: int, text: str
) -> None:
    """Also the message classes, a dangling escape, binary, a lone surrogate and an odd octet."""
    assert decode(octets, data_coding) == text
