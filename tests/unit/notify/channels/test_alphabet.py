"""Texts to octets and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.simulators import texts
from services.notify.channels.sms import SmsTooLong
from services.notify.channels.sms.alphabet import (
    CODINGS,
    EIGHT_BITS,
    GSM,
    UCS2,
    Alphabet,
    Decoded,
    decode,
    encode,
)
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
    assert decode(octets, GSM) == Decoded(text, certain=True)
    assert texts.shown(octets, GSM) == text


@given(st.text(max_size=35))
def test_any_text_reaches_a_phone_as_it_was_written(text: str) -> None:
    """The simulator's table, written apart from ours, shows the same text."""
    encoded = encode(text)
    assert texts.shown(encoded.octets, encoded.data_coding) == text


@given(st.binary(max_size=160), st.integers(0, 255))
def test_no_octets_can_break_the_reading_of_a_reply(octets: bytes, data_coding: int) -> None:
    """Whatever a phone sends, the result is text that PostgreSQL takes."""
    text = decode(octets, data_coding).text
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
    assert decode(octets, data_coding).text == text


YES = "Ооба K7M2Q9X, ДА!"


@pytest.mark.parametrize(
    ("data_coding", "codec", "provider"),
    [
        (0x06, "iso8859-5", None),
        (0x08, "utf-16-be", None),
        (0x18, "utf-16-be", None),
        (0x48, "utf-16-be", None),
        (0xE0, "utf-16-be", None),
        (0x08, "utf-16-le", None),
        (0x08, "utf-16", None),
        (0x00, "utf-8", None),
        (0x01, "utf-8", None),
        (0x03, "utf-8", None),
        (0xF1, "utf-8", None),
        *((coding, eight.value, eight) for coding in (0, 1, 3) for eight in EIGHT_BITS[1:]),
    ],
)
def test_cyrillic_is_read_however_a_gateway_carries_it(
    data_coding: int, codec: str, provider: Alphabet | None
) -> None:
    """By the table, turned octets, UTF-8 by its own proof, and the provider's own alphabet."""
    assert decode(YES.encode(codec), data_coding, provider) == Decoded(YES, certain=True)


def test_kyrgyz_letters_have_an_eight_bit_alphabet_too() -> None:
    """CP1251 and KOI8-R have none of them."""
    octets = "Өң, үй".encode("ptcp154")
    assert decode(octets, 0, Alphabet.PTCP154).text == "Өң, үй"


@pytest.mark.parametrize("data_coding", [0x02, 0x04, 0x05, 0x07, 0x0D, 0x20, 0x80, 0xF4, 0xFF])
def test_a_coding_nobody_knows_is_uncertain_and_still_shows_a_code(data_coding: int) -> None:
    """Whoever reads on finds the code, and knows that the rest may be missing."""
    assert data_coding not in CODINGS
    found = decode("ДА K7M2Q9X".encode("cp1251"), data_coding)
    assert not found.certain
    assert found.text.endswith(" K7M2Q9X")


@pytest.mark.parametrize(
    ("octets", "data_coding"),
    [
        ("ДА K7M2Q9X".encode("cp1251"), 0x00),
        ("ДА K7M2Q9X".encode("koi8-r"), 0x01),
        ("Ооба".encode("utf-16-be")[:-1], 0x08),
        (b"\x00A\xd8\x00", 0x08),
    ],
)
def test_octets_that_are_no_letters_of_their_coding_are_uncertain(
    octets: bytes, data_coding: int
) -> None:
    """An 8-bit alphabet that nobody named, a cut letter, half a surrogate: not guessed at."""
    assert not decode(octets, data_coding).certain


@pytest.mark.parametrize("text", ["Ça va", "Größe", "¿Sí?"])
def test_latin_stays_latin(text: str) -> None:
    """What is not UTF-8 under Latin-1 is Latin-1."""
    assert decode(text.encode("latin-1"), 0x03) == Decoded(text, certain=True)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufffd\ufeff"), max_size=70))
def test_ucs2_by_the_standard_is_never_turned(text: str) -> None:
    """Only what is no text that way is read the other way."""
    if any(ord(letter) >> 8 in {0, 4} for letter in text):
        assert decode(text.encode("utf-16-be"), UCS2).text == text
