"""Codes: derived, unambiguous, and stored as a keyed hash only."""

from hypothesis import given
from hypothesis import strategies as st

from services.notify.codes.keys import LENGTH, CodeKeys
from shared.symbols import SYMBOLS, fold

KEYS = CodeKeys({"codes.2": b"n" * 32, "codes.1": b"o" * 32})
ids = st.uuids().map(str)


@given(ids, ids, st.integers(0, 50))
def test_a_code_is_seven_signs_that_nobody_can_mistake(
    offer: str, staff: str, counter: int
) -> None:
    """Upper case, no look-alikes, and the same read back from either alphabet."""
    code = KEYS.derive("codes.2", offer, staff, counter)
    assert len(code) == LENGTH
    assert set(code) <= set(SYMBOLS)
    assert fold(code.lower()) == code


@given(ids, ids)
def test_the_same_alert_has_the_same_code_on_every_retry_and_channel(
    offer: str, staff: str
) -> None:
    """Derived, not drawn."""
    again = CodeKeys({"codes.2": b"n" * 32})
    assert KEYS.derive("codes.2", offer, staff, 0) == again.derive("codes.2", offer, staff, 0)


@given(ids, ids)
def test_a_collision_or_another_person_gives_another_code(offer: str, staff: str) -> None:
    """Counter, person and key all matter (a collision of two is one in 170 million)."""
    made = {
        KEYS.derive("codes.2", offer, staff, 0),
        KEYS.derive("codes.2", offer, staff, 1),
        KEYS.derive("codes.2", offer, staff + "x", 0),
        KEYS.derive("codes.1", offer, staff, 0),
    }
    assert len(made) == 4


def test_the_stored_hash_is_found_after_the_key_was_rotated() -> None:
    """A code made under the old key still answers."""
    stored = KEYS.fingerprint("codes.1", "K7M4P2X")
    assert stored in set(KEYS.fingerprints("K7M4P2X"))
    assert "K7M4P2X" not in stored


def test_a_code_is_long_enough() -> None:
    """As decision 0018 has it: a night of guessing in one number's name, or until people act."""
    night, page = 100 * 12 * 3600, 100 * 15 * 60
    assert LENGTH == 7
    assert round(night / len(SYMBOLS) ** LENGTH, 3) == 0.025
    assert round(page / len(SYMBOLS) ** LENGTH, 5) == 0.00053
    assert night / len(SYMBOLS) ** 11 < 1e-6 < night / len(SYMBOLS) ** 10


def test_no_symbol_looks_like_another() -> None:
    """None of 0 O 1 I L, no vowel, no pair such as 8 and B, 5 and S, 2 and Z."""
    assert not set("01OILAEUY8SZGQVDUW") & set(SYMBOLS)
    assert len(set(SYMBOLS)) == len(SYMBOLS)
