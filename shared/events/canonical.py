"""One spelling of one content, so that digests agree: RFC 8785 for what our events hold."""

from typing import Any

import orjson


def canonical(value: Any) -> bytes:
    """Objects with ASCII names, text, integers below 2^53, booleans, null, and arrays of these.

    For such values a quick encoder with sorted names writes what RFC 8785 asks for; fractions,
    which it would spell differently, are in no contract. Raises `TypeError` for text that is no
    Unicode, and for what is no JSON.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
