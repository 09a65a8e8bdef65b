"""Telephone numbers in one spelling, so that two mentions of a number are the same text.

A phone is not an identity: SIMs are shared and re-issued, and it may be the abuser's.
"""

import re

import phonenumbers

from shared.errors import Invalid
from shared.pasted import as_seen

_TYPED = re.compile("\\+?[0-9 ()./\u2010-\u2015\u2212-]{3,40}", re.ASCII)
"""What people type, with any dash. phonenumbers would also read letters as keypad digits."""


def normalise(typed: str, country_code: str, national_digits: int, field: str = "phone") -> str:
    """E.164 (``+996555123456``) of a number as somebody typed or pasted it, with or without the
    trunk 0.

    Raises `Invalid` naming ``field`` for a short code (``112`` would parse as +996112), a number
    of the wrong length, and anything that is no number. Whether it is in service nobody can say.
    """
    wrong = Invalid(field, "must be a telephone number with all its digits")
    typed = as_seen(typed)
    if not _TYPED.fullmatch(typed):
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
