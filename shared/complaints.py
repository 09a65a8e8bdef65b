"""Complaints: what is wrong with a value, in plain words, whatever has found it.

pydantic speaks to programmers, of patterns and types; people who report, answer and enter staff
read these instead. They are English, and the jurisdiction's wording says them in its languages.
Nothing of the value itself is in them.
"""

from collections.abc import Mapping
from typing import Any

from shared.times import DAY, DURATION, INSTANT

SMALL = "must be small Latin letters, digits and hyphens"
DIGITS = "must be digits and nothing else"
NUMBER, WHOLE = "must be a number", "must be a whole number"
OTHER = "cannot be taken as it is"
EMPTY = "must not be empty"

PATTERNS: Mapping[str, str] = {
    r"^[a-z0-9][a-z0-9-]*$": SMALL,
    "^[a-z0-9-]{1,64}$": SMALL,
    "^[a-z0-9-]{1,80}$": SMALL,
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$": "must be Latin letters, digits, dots and hyphens",
    r"^[A-Za-z0-9._-]{1,64}$": "must be Latin letters, digits, dots and hyphens",
    r"^[\x21-\x7e]{1,200}$": "must be 1 to 200 Latin letters, digits and signs, without blanks",
    "^[a-z0-9-]{0,64}$": SMALL,
    "^[0-9]{1,20}$": DIGITS,
    "^[0-9]{0,20}$": DIGITS,
    "^[0-9]{1,3}$": DIGITS,
    "^[0-9]{6}$": "must be six digits",
    "^[0-9]{2}$": "must be two digits",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": "must be a time of day like 09:30",
    r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$": "must be a time of day like 18:00, or 24:00",
    "^(mo|tu|we|th|fr|sa|su)$": "must be mo, tu, we, th, fr, sa or su",
    r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$": "must be a UUID in small letters",
    "^([0-9]{4})?$": "must be a year like 2026",
    "^[a-z]{2,3}$": "must be the code of a language like ky",
    "^(open|incident|answered|late)?$": "must be one of open, incident, answered, late",
    "^(open|done|not-done-circumstances|not-done-body)$": (
        "must be one of open, done, not-done-circumstances, not-done-body"
    ),
    r"^[0-9]{1,6}([/-]([0-9]{1,6}|[a-zа-яөүң]{1,2})){0,3}$": (
        "must be the number of an order like 14, 14-б or 01-18/35"
    ),
    r"^[0-9]{1,6}([/-][0-9]{1,4})?(-?[a-zа-яөүң])?$": "must be a number like 17, 17/2026 or 17-б",
}
"""What every pattern of ours asks for, as one would say it."""

KINDS: Mapping[str, str] = {
    "missing": "is needed",
    "extra_forbidden": "is not known here",
    "string_type": "must be text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must be written otherwise",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object with fields",
    "model_type": "must be an object with fields",
    "model_attributes_type": "must be an object with fields",
    "too_short": "must hold at least {min_length}",
    "too_long": "must hold at most {max_length}",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "timezone_aware": INSTANT,
    "datetime_type": INSTANT,
    "datetime_parsing": INSTANT,
    "datetime_from_date_parsing": INSTANT,
    "datetime_object_invalid": INSTANT,
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "time_delta_type": DURATION,
    "time_delta_parsing": DURATION,
    "json_invalid": "is no JSON",
}
"""What each kind of pydantic's errors says here; what is filled in is ours, never the sender's."""


def plain(error: Mapping[str, Any]) -> str:
    """One of ``ValidationError.errors()`` as a person would say it."""
    kind, context = str(error["type"]), dict(error.get("ctx") or {})
    if kind == "value_error":  # our own words, raised in a validator
        return str(context.get("error") or OTHER)
    if kind == "string_pattern_mismatch" and context.get("pattern") in PATTERNS:
        return PATTERNS[context["pattern"]]
    if kind in ("string_too_short", "too_short") and context.get("min_length") == 1:
        return EMPTY
    if "expected" in context:  # 'sms', 'call' or 'none'
        context["expected"] = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    try:
        return KINDS.get(kind, OTHER).format_map(context)
    except KeyError:
        return OTHER
