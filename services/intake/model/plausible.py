"""What cannot be: times that have not come, ages nobody has."""

from datetime import datetime

from shared.errors import Invalid
from shared.plausible import YEAR

OLDEST_YEARS, ADULT = 120, 18
CLAIM_YEARS, AHEAD_YEARS = 10, 100


def ahead(field: str, at: datetime | None, now: datetime) -> None:
    """Raises `Invalid` for a time that has passed, or that nobody can mean."""
    if at is None:
        return
    if at <= now:
        raise Invalid(field, "must be in the future")
    if at > now + AHEAD_YEARS * YEAR:
        raise Invalid(field, f"must not be more than {AHEAD_YEARS} years ahead")


def age_of(age: int, field: str = "survivor.age") -> int:
    """An age in years; raises `Invalid` for one that nobody has."""
    if not 0 <= age <= OLDEST_YEARS:
        raise Invalid(field, f"must be from 0 to {OLDEST_YEARS}")
    return age


def age_born(year: int, this_year: int, field: str = "survivor.birth_year") -> int:
    """The age that somebody born in ``year`` reaches in this one; raises `Invalid` for nobody's.

    But for who comes of age in this year: until it is over they may be 17, and a child is not to
    lose what the law gives to children by a birthday that nobody told.
    """
    if not this_year - OLDEST_YEARS <= year <= this_year:
        raise Invalid(field, f"must be a year of the last {OLDEST_YEARS}")
    reached = this_year - year
    return reached - 1 if reached == ADULT else reached
