"""Who is calling: a token speaks for one person, for five minutes, for their territories alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from shared.errors import Unauthenticated
from shared.security.tokens import TOKEN_LIFE, Caller, CallProof, Signer, Ticket, Verifier, area

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = OKPKey.generate_key("Ed25519", {"kid": "console.1"}, auto_kid=False)
OTHER = OKPKey.generate_key("Ed25519", {"kid": "console.1"}, auto_kid=False)
SIGNER, VERIFIER = Signer(KEY), Verifier([KEY])
CALLER = Caller("st-a2b3c4d5", "sezim-bishkek", frozenset({"worker"}), ("41704",))
TICKET = Ticket("i", "n", "s", "o", "sezim-bishkek", "crisis-centre", "st-a2b3c4d5")
CALL = CallProof("st-a2b3c4d5", "st-e6f7g2h3", "check-1")


def test_a_token_says_who_is_calling() -> None:
    """And a ticket what may be read, a call proof who is on the telephone with whom."""
    assert VERIFIER.token(SIGNER.token(CALLER, NOW), NOW) == CALLER
    assert VERIFIER.ticket(SIGNER.ticket(TICKET, NOW), NOW) == TICKET
    assert VERIFIER.call(SIGNER.call(CALL, NOW), NOW) == CALL


@pytest.mark.parametrize("late", [TOKEN_LIFE, timedelta(hours=1), timedelta(days=-1)])
def test_an_expired_token_and_one_from_the_future_are_none(late: timedelta) -> None:
    """Five minutes, to the second."""
    text = SIGNER.token(CALLER, NOW)
    with pytest.raises(Unauthenticated):
        VERIFIER.token(text, NOW + late)


def test_a_foreign_long_or_other_kind_of_token_is_none() -> None:
    """Signed by somebody else, living too long, a ticket, or a call proof."""
    for text in (
        Signer(OTHER).token(CALLER, NOW),
        SIGNER.token(CALLER, NOW, timedelta(hours=1)),
        SIGNER.ticket(TICKET, NOW),
        SIGNER.call(CALL, NOW),
    ):
        with pytest.raises(Unauthenticated):
            VERIFIER.token(text, NOW)


@given(text=st.text(max_size=300))
def test_anything_else_is_none(text: str) -> None:
    """No input raises anything but `Unauthenticated`."""
    with pytest.raises(Unauthenticated):
        VERIFIER.token(text, NOW)


@pytest.mark.parametrize(
    ("given_to", "inside", "outside"),
    [
        ("417", "41702215000000", "99902215000000"),
        ("41704000000000", "41704245845020", "41705245845020"),
        ("41702210000000", "41702210845020", "41702215000000"),
        ("41702210", "41702210000000", "41702215000000"),
        ("41711000000000", "41711204000000", "41712204000000"),
    ],
)
def test_a_territory_covers_what_lies_in_it_and_no_neighbour(
    given_to: str, inside: str, outside: str
) -> None:
    """A raion's code may end in a zero of its own."""
    caller = Caller("st", "ministry", frozenset({"coordinator"}), (given_to,))
    assert caller.covers(inside)
    assert not caller.covers(outside)
    assert inside.startswith(area(given_to))
