"""What proves who somebody is: one-time passwords, sign-in names, passwords, places."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from services.console.accounts import codes
from services.console.accounts.model import AT_A_NAME, check_login, check_password, place
from services.console.keys import AccountKeys
from shared.errors import Invalid
from shared.key_files import KeyFileError

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = int(NOW.timestamp()) // codes.STEP


@pytest.mark.parametrize(
    ("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_half_a_minute_off(off: int, taken: bool) -> None:
    """And no more: a code that was seen a minute ago is worth nothing."""
    code = pyotp.TOTP(SEED).at(NOW + off * timedelta(seconds=30))
    assert (codes.step_of(SEED, code, NOW, 0) == STEP + off) is taken


def test_a_code_is_taken_once_and_none_from_before_it() -> None:
    """Whoever saw it typed cannot use it in the same half minute, nor the one before."""
    now, before = (pyotp.TOTP(SEED).at((STEP - back) * codes.STEP) for back in (0, 1))
    assert codes.step_of(SEED, now, NOW, STEP - 1) == STEP
    assert codes.step_of(SEED, now, NOW, STEP) is None
    assert codes.step_of(SEED, before, NOW, STEP) is None


def test_a_code_is_read_however_it_is_typed() -> None:
    """In groups, in small letters, in the other alphabet; ten digits are no one-time password."""
    code = codes.new_recovery_code()
    for typed in (code.lower(), code.replace("-", " "), code.replace("B", "В"), f" {code} "):
        assert codes.recovery(typed) == codes.recovery(code)
    assert codes.one_time(" 123 456 ") == "123456"
    assert codes.one_time(code) is None


@pytest.mark.parametrize(
    ("password", "login"),
    [
        ("too short", "asel"),
        ("aaaaaaaaaaaaaaaaaa", "asel"),
        ("my name is ASEL", "asel"),
        ("x" * 201, "asel"),
    ],
)
def test_a_password_that_is_easy_is_refused(password: str, login: str) -> None:
    """Short, of few signs, or holding the name; several words are taken."""
    assert check_password("kalem suu tash bulut", login)
    with pytest.raises(Invalid):
        check_password(password, login)


def test_a_name_is_one_however_it_is_typed() -> None:
    """With blanks around it and capitals; a name with blanks in it is none."""
    assert check_login(" Асель ") == check_login("асель")
    for wrong in ("ab", "a b c", "x" * 65):
        with pytest.raises(Invalid):
            check_login(wrong)


def test_a_place_is_a_network_and_no_single_address() -> None:
    """Whoever changes the last numbers is where they were."""
    assert place("192.0.2.7") == place("192.0.2.200") == place("::ffff:192.0.2.9")
    assert place("192.0.2.7") != place("192.0.3.7")
    assert place("2001:db8:1:ff::1") == place("2001:db8:1:1::2") != place("2001:db8:2::1")
    assert place("nonsense") == place("")


def test_the_wait_ends_with_the_window() -> None:
    """And is never nothing."""
    assert AT_A_NAME.wait(NOW, NOW + timedelta(minutes=5)) == 600
    assert AT_A_NAME.wait(NOW, NOW + timedelta(minutes=15)) == 1


def test_what_is_encrypted_opens_for_whom_it_was_made_alone() -> None:
    """A seed that is moved to another account is no seed; an older key still opens its own."""
    old = AccountKeys({"accounts.1": bytes(32)})
    kid, kept = old.encrypt(b"seed", "st-one")
    both = AccountKeys({"accounts.2": bytes([1]) * 32, "accounts.1": bytes(32)})
    assert both.decrypt(kid, kept, "st-one") == b"seed"
    assert both.blinds("login", "asel")[1] == old.blind("login", "asel")
    for wrong in (("accounts.1", kept, "st-two"), ("accounts.2", kept, "st-one"), ("x", kept, "")):
        with pytest.raises(KeyFileError):
            both.decrypt(*wrong)
