"""Who is calling, and what a provider may read: short signed tokens (JWT, EdDSA).

Access tokens are signed by the console (before it exists, by ``tirek token``) and live 5 minutes of
wall time. Disclosure tickets are signed by referral in database time, and intake verifies them:
reading works with the broker down.
"""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.errors import Unauthenticated
from shared.security.key_files import KeyFileError, read_jwks

TOKEN_LIFE = timedelta(minutes=5)
TICKET_LIFE = timedelta(minutes=5)
_ALGORITHMS = ["EdDSA", "Ed25519"]
# RFC 9864 renames EdDSA; we sign under the name that every verifier knows, and take both
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=UserWarning)
LONGEST = 16 * 1024
"""Octets of a token; whatever is longer is none of ours, and is not looked into."""
_TOKEN, _TICKET = "tirek-access", "tirek-ticket"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a valid token speaks for. ``territories`` are SOATE prefixes."""

    staff_id: str
    organisation: str
    roles: frozenset[str] = frozenset()
    territories: tuple[str, ...] = ()

    def has(self, *roles: str) -> bool:
        """Whether the caller has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def covers(self, territory: str) -> bool:
        """Whether a SOATE code lies in the caller's territories."""
        return any(territory.startswith(area(prefix)) for prefix in self.territories)


def area(code: str) -> str:
    """A full SOATE code as the beginning of all codes that lie in it; a beginning stays as it is.

    Levels below the oblast take three digits each, zeros where they are not given. Only whole
    levels go: the raion 41702210 ends in a zero of its own.
    """
    while code.endswith("000"):
        code = code[:-3]
    return code


@dataclass(frozen=True, slots=True)
class Ticket:
    """Referral's word that ``staff_id`` holds an accepted offer; good for `TICKET_LIFE`."""

    incident_id: str
    need_id: str
    service_request_id: str
    offer_id: str
    organisation: str
    organisation_kind: str
    staff_id: str


class Signer:
    """Signs with one Ed25519 key."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The newest key of a JWKS file; raises `KeyFileError`."""
        jwk = read_jwks(path, needs=("kid", "d", "x"))[0]
        return cls(_import(path, jwk))

    def token(self, caller: Caller, now: datetime, life: timedelta = TOKEN_LIFE) -> str:
        """An access token for ``caller``; ``now`` is wall time."""
        claims = {
            "sub": caller.staff_id,
            "organisation": caller.organisation,
            "roles": sorted(caller.roles),
            "territories": list(caller.territories),
        }
        return self._sign(_TOKEN, claims, now, life)

    def ticket(self, ticket: Ticket, now: datetime) -> str:
        """A disclosure ticket; ``now`` is database time."""
        claims = {
            "sub": ticket.staff_id,
            "incident": ticket.incident_id,
            "need": ticket.need_id,
            "service_request": ticket.service_request_id,
            "offer": ticket.offer_id,
            "organisation": ticket.organisation,
            "organisation_kind": ticket.organisation_kind,
        }
        return self._sign(_TICKET, claims, now, TICKET_LIFE)

    def _sign(self, typ: str, claims: dict[str, Any], now: datetime, life: timedelta) -> str:
        header = {"alg": "EdDSA", "kid": self._key.kid, "typ": typ}
        times = {"iat": int(now.timestamp()), "exp": int((now + life).timestamp())}
        return jwt.encode(header, claims | times, self._key, algorithms=_ALGORITHMS)


class Verifier:
    """Verifies with a set of public keys."""

    def __init__(self, keys: Iterable[OKPKey]) -> None:
        self._keys = KeySet(list(keys))

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The public keys of a JWKS file; raises `KeyFileError`."""
        return cls(_import(path, jwk) for jwk in read_jwks(path, needs=("kid", "x")))

    def token(self, text: str, now: datetime) -> Caller:
        """The caller; raises `Unauthenticated` for anything but a valid token of ours."""
        claims = self._verify(_TOKEN, text, now, TOKEN_LIFE)
        try:
            return Caller(
                staff_id=_text(claims["sub"]),
                organisation=_text(claims["organisation"]),
                roles=frozenset(map(_text, claims["roles"])),
                territories=tuple(map(_text, claims["territories"])),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise Unauthenticated("the token lacks a claim") from problem

    def ticket(self, text: str, now: datetime) -> Ticket:
        """The ticket; raises `Unauthenticated` for anything but a valid ticket of referral's."""
        claims = self._verify(_TICKET, text, now, TICKET_LIFE)
        try:
            return Ticket(
                incident_id=_text(claims["incident"]),
                need_id=_text(claims["need"]),
                service_request_id=_text(claims["service_request"]),
                offer_id=_text(claims["offer"]),
                organisation=_text(claims["organisation"]),
                organisation_kind=_text(claims["organisation_kind"]),
                staff_id=_text(claims["sub"]),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise Unauthenticated("the ticket lacks a claim") from problem

    def _verify(self, typ: str, text: str, now: datetime, life: timedelta) -> dict[str, Any]:
        if len(text) > LONGEST:
            raise Unauthenticated("not a token of ours")
        try:
            decoded = jwt.decode(text, self._keys, algorithms=_ALGORITHMS)
            issued, expires = int(decoded.claims["iat"]), int(decoded.claims["exp"])
        except (JoseError, ValueError, KeyError, TypeError, RecursionError) as problem:
            raise Unauthenticated("not a token of ours") from problem
        if decoded.header.get("typ") != typ:
            raise Unauthenticated("a token of another kind")
        at = now.timestamp()
        # a skew of some seconds between two machines is no attack; a token from the future is
        if at >= expires or issued > at + 30 or expires - issued > life.total_seconds():
            raise Unauthenticated("the token has expired")
        return dict(decoded.claims)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value


def _import(path: Path, jwk: dict[str, Any]) -> OKPKey:
    try:
        return OKPKey.import_key(jwk)
    except (JoseError, ValueError) as problem:
        raise KeyFileError(f"{path}: {jwk.get('kid')} is no Ed25519 key") from problem
