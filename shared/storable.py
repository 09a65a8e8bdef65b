"""Storable: text from outside as PostgreSQL takes it."""

_STRANGE = "\N{REPLACEMENT CHARACTER}"


def storable(text: str, longest: int) -> str:
    """``text`` without NUL and lone surrogates, each replaced, and cut to ``longest`` characters.

    For what is recorded and never compared with what somebody chose: a code, an id of a provider.
    Whoever must not take one text for another refuses instead.
    """
    return "".join(
        _STRANGE if each == "\x00" or "\ud800" <= each <= "\udfff" else each
        for each in text[:longest]
    )
