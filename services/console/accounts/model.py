"""The model of accounts: whom one is of, what proves it, and how often it may be guessed."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from shared.errors import Invalid

INVITED_FOR = timedelta(hours=24)
"""How long an invitation can be accepted, and a reset be confirmed."""
RECOVERY_CODES = 10
LONGEST = 200
"""Characters of whatever is typed to sign in."""
_LOGIN = re.compile(r"[^\s\x00-\x1f]{3,64}")
_SHORTEST_PASSWORD, _FEWEST_SIGNS = 12, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of staff as notify's register has them, without who they are. ``territories`` are
    SOATE prefixes."""

    staff_id: str
    organisation: str
    organisation_kind: str
    roles: frozenset[str]
    territories: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is kept of one: nothing of it can be typed to sign in. ``vouched``: the server gave it,
    or two administrators did; one alone could have given it to themselves."""

    staff_id: str
    password: str
    seed_kid: str
    seed: bytes
    last_step: int
    vouched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Somebody may make an account for ``staff_id``, ``vouched`` or not."""

    staff_id: str
    seed_kid: str
    seed: bytes
    vouched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What the page of an invitation shows: the seed of one-time passwords, base32, and the same
    as an address for a QR code."""

    staff_id: str
    seed: str
    uri: str


class AccountState(StrEnum):
    """Where an account stands."""

    ACTIVE = "active"
    INVITED = "invited"
    RESET_ASKED = "reset-asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One account, or an invitation to one, in a list. ``asked_by`` wants it reset."""

    staff_id: str
    state: AccountState
    created_at: datetime | None
    last_signed_in_at: datetime | None
    asked_by: str | None
    vouched: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong guesses within so long; then one waits for the rest of it."""

    most: int
    within: timedelta

    def wait(self, since: datetime, now: datetime) -> int:
        """Seconds until one may guess again, one at least."""
        return max(1, round((since + self.within - now).total_seconds()))


AT_A_NAME = Limit(5, timedelta(minutes=15))
"""From one place at one name: whoever sits elsewhere is not kept out by it."""
FROM_A_PLACE = Limit(100, timedelta(minutes=15))
"""From one place at all; whoever has signed in there before is not kept out by it."""


def place(address: str) -> str:
    """Where a caller comes from, as coarse as whoever moves within their own network: an IPv4 /24,
    an IPv6 /56; what is no address is one place."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return str(ip_network((found, 24 if found.version == 4 else 56), strict=False))


def folded(login: str) -> str:
    """A sign-in name as it is recognised, however it is typed."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def check_login(login: str) -> str:
    """Folded; raises `Invalid`."""
    name = folded(login)
    if not _LOGIN.fullmatch(name):
        raise Invalid("login", "must be 3 to 64 characters without spaces")
    return name


def typed(password: str) -> str:
    """A password as it is hashed: the same whatever keyboard it was typed on."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, login: str) -> str:
    """As it is hashed; raises `Invalid`."""
    text = typed(password)
    if not _SHORTEST_PASSWORD <= len(text) <= LONGEST:
        raise Invalid("password", f"must be {_SHORTEST_PASSWORD} to {LONGEST} characters")
    if len(set(text)) < _FEWEST_SIGNS or folded(login) in text.casefold():
        raise Invalid("password", "is too easy to guess: take several words")
    return text
