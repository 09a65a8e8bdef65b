"""Telephone numbers in one spelling, so that two mentions of a number are the same text.

A phone is not an identity: SIMs are shared and re-issued, and it may be the abuser's.
"""

import re

import phonenumbers

from shared.errors import Invalid

_TYPED = re.compile(r"\+?[0-9 ()./‑–-]{3,40}", re.ASCII)
"""What people type. phonenumbers would also read letters as keypad digits."""


def normalise(typed: str, country_code: str, national_digits: int, field: str = "phone") -> str:
    """E.164 (``+996555123456``) of a number as somebody typed it, with or without the trunk 0.

    Raises `Invalid` naming ``field`` for a short code (``112`` would parse as +996112), a number
    of the wrong length, and anything that is no number. Whether it is in service nobody can say.
    """
    wrong = Invalid(field, "must be a telephone number with all its digits")
    if not _TYPED.fullmatch(typed.strip()):
        raise wrong
    region = phonenumbers.region_code_for_country_code(int(country_code))
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        raise wrong from None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise wrong
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.country_code == int(country_code) and len(written) != 1 + len(country_code) + (
        national_digits
    ):
        raise wrong
    return written
