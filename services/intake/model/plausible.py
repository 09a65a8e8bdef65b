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


def age_of(
    age: int | None, birth_year: int | None, this_year: int, field: str = "survivor"
) -> int | None:
    """The age in years, if anything says it; a birth year gives the age reached in this year.

    But for who comes of age in this year: until it is over they may be 17, and a child is not to
    lose what the law gives to children by a birthday that nobody told. Raises `Invalid` for an age
    or a year that cannot be, and when both are given.
    """
    if age is not None and birth_year is not None:
        raise Invalid(f"{field}.birth_year", "give either a birth year or an age")
    if age is not None and not 0 <= age <= OLDEST_YEARS:
        raise Invalid(f"{field}.age", f"must be from 0 to {OLDEST_YEARS}")
    if birth_year is None:
        return age
    if not this_year - OLDEST_YEARS <= birth_year <= this_year:
        raise Invalid(f"{field}.birth_year", f"must be a year of the last {OLDEST_YEARS}")
    reached = this_year - birth_year
    return reached - 1 if reached == ADULT else reached


def child_age(field: str, age: int) -> int:
    """The age of a child; raises `Invalid` for somebody who is none."""
    if not 0 <= age < ADULT:
        raise Invalid(field, f"must be from 0 to {ADULT - 1}")
    return age
