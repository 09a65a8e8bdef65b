"""Plausible times: what a person may say of when something was. Pure."""

from datetime import datetime, timedelta

from shared.errors import Invalid

SKEW = timedelta(minutes=5)
"""A client's clock may run ahead of ours by this much; more is a mistake."""
YEAR = timedelta(days=366)


def past(field: str, at: datetime | None, now: datetime, years: int = 100) -> None:
    """Raises `Invalid` for a time that has not come, or that lies more than ``years`` back."""
    if at is None:
        return
    if at > now + SKEW:
        raise Invalid(field, "must not be in the future")
    if at < now - years * YEAR:
        ago = "a year" if years == 1 else f"{years} years"
        raise Invalid(field, f"must not be more than {ago} ago")
