"""The model of accounts: whom one is of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of staff as notify's register has them, without who they are. ``territories`` are
    SOATE prefixes."""

    staff_id: str
    organisation: str
    roles: frozenset[str]
    territories: tuple[str, ...]
    language: str
