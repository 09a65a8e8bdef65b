"""Terms: codes of closed lists, each with how it is said to a caller."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.jurisdiction.wording import Wording

Words = Mapping[str, str]
"""Codes of one list, in the order in which a page shows them, in English."""
UNKNOWN = "unknown"
"""The band of an age that nobody said."""


@dataclass(frozen=True, slots=True)
class Term:
    """A code, and how it is said. ``chosen``: a person may give it; else the system alone does."""

    code: str
    label: str
    chosen: bool = True


def said(codes: Words, wording: Wording, language: str) -> list[Term]:
    """The terms of a list of the code in ``language``."""
    return [Term(code, wording.say(english, language)) for code, english in codes.items()]


def banded(bands: list[str], wording: Wording, language: str) -> list[Term]:
    """Age bands in ``language``, and the one of an age that nobody said."""
    years = [Term(each, wording.say(f"{each} years old", language)) for each in bands]
    return [*years, Term(UNKNOWN, wording.say(UNKNOWN, language))]
