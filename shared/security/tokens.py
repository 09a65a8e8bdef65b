"""Who is calling, and what a provider may read: short signed tokens (JWT, EdDSA).

Access tokens are signed by the console (for programs, by ``tirek token``) and live 5 minutes of
wall time. Disclosure tickets are signed by referral, call proofs by notify, both in database time,
and intake verifies them: reading works with the broker down.

What is signed and what is believed go through the same check: names of a narrow alphabet, few of
them. No comma is among them, because row-level security gets roles and territories joined by one.
"""

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.errors import Invalid, Unauthenticated
from shared.key_files import KeyFileError, read_jwks

TOKEN_LIFE = timedelta(minutes=5)
TICKET_LIFE = timedelta(minutes=5)
_ALGORITHMS = ["EdDSA", "Ed25519"]
# RFC 9864 renames EdDSA; we sign under the name that every verifier knows, and take both
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=UserWarning)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
LONGEST = 8192
"""Characters of a token, and more than any that is signed has."""
_MOST_ROLES, _MOST_TERRITORIES = 16, 64
_BROKEN = (
    JoseError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What reading a token may end with that anybody made up: its header is read before its signature,
by libraries."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of token: what it is called, who signs it, whom it is for and how long it lives."""

    typ: str
    issuer: str
    audience: str
    life: timedelta


_TOKEN = _Kind("tirek-access", "tirek-console", "tirek", TOKEN_LIFE)
_CALL = _Kind("tirek-call", "tirek-notify", "tirek-intake", TICKET_LIFE)
_TICKET = _Kind("tirek-ticket", "tirek-referral", "tirek-intake", TICKET_LIFE)


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
    """Referral's word that ``staff_id`` holds an accepted offer; good for `TICKET_LIFE`.

    ``reader``: an operator who may read out to them, over the telephone, and nobody else may read.
    """

    incident_id: str
    need_id: str
    service_request_id: str
    offer_id: str
    organisation: str
    organisation_kind: str
    staff_id: str
    reader: str | None = None


@dataclass(frozen=True, slots=True)
class CallProof:
    """Notify's word that ``operator`` has ``person`` on the telephone: two digits of their PIN were
    right. Good for `TICKET_LIFE`; ``check_id`` is under what it is on record."""

    operator: str
    person: str
    check_id: str


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
        """An access token for ``caller``; ``now`` is wall time.

        Raises `Invalid` for a name, a role or a territory that no service would believe.
        """
        claims = {
            "sub": caller.staff_id,
            "organisation": caller.organisation,
            "roles": sorted(caller.roles),
            "territories": list(caller.territories),
        }
        _caller(claims)
        return self._sign(_TOKEN, claims, now, life)

    def ticket(self, ticket: Ticket, now: datetime) -> str:
        """A disclosure ticket; ``now`` is database time. Raises `Invalid` as `token` does."""
        claims = {
            "sub": ticket.staff_id,
            "incident": ticket.incident_id,
            "need": ticket.need_id,
            "service_request": ticket.service_request_id,
            "offer": ticket.offer_id,
            "organisation": ticket.organisation,
            "organisation_kind": ticket.organisation_kind,
        } | ({"reader": ticket.reader} if ticket.reader else {})
        _ticket(claims)
        return self._sign(_TICKET, claims, now, TICKET_LIFE)

    def call(self, proof: CallProof, now: datetime) -> str:
        """A call proof; ``now`` is database time. Raises `Invalid` as `token` does."""
        claims = {"sub": proof.operator, "person": proof.person, "check": proof.check_id}
        _call(claims)
        return self._sign(_CALL, claims, now, TICKET_LIFE)

    def _sign(self, kind: _Kind, claims: dict[str, Any], now: datetime, life: timedelta) -> str:
        header = {"alg": "EdDSA", "kid": self._key.kid, "typ": kind.typ}
        whose = {"iss": kind.issuer, "aud": kind.audience}
        times = {"iat": int(now.timestamp()), "exp": int((now + life).timestamp())}
        return jwt.encode(header, claims | whose | times, self._key, algorithms=_ALGORITHMS)


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
        claims = self._verify(_TOKEN, text, now)
        try:
            return _caller(claims)
        except Invalid as problem:
            raise Unauthenticated("the token lacks a claim") from problem

    def ticket(self, text: str, now: datetime) -> Ticket:
        """The ticket; raises `Unauthenticated` for anything but a valid ticket of referral's."""
        claims = self._verify(_TICKET, text, now)
        try:
            return _ticket(claims)
        except Invalid as problem:
            raise Unauthenticated("the ticket lacks a claim") from problem

    def call(self, text: str, now: datetime) -> CallProof:
        """The call proof; raises `Unauthenticated` for anything but a valid one of notify's."""
        claims = self._verify(_CALL, text, now)
        try:
            return _call(claims)
        except Invalid as problem:
            raise Unauthenticated("the proof lacks a claim") from problem

    def _verify(self, kind: _Kind, text: str, now: datetime) -> dict[str, Any]:
        if len(text) > LONGEST:
            raise Unauthenticated("not a token of ours")
        try:
            decoded = jwt.decode(text, self._keys, algorithms=_ALGORITHMS)
            claims = dict(decoded.claims)
            issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
        except (*_BROKEN, Invalid) as problem:
            raise Unauthenticated("not a token of ours") from problem
        said = decoded.header.get("typ"), claims.get("iss"), claims.get("aud")
        if said != (kind.typ, kind.issuer, kind.audience):
            raise Unauthenticated("a token of another kind")
        at = now.timestamp()
        # a skew of some seconds between two machines is no attack; a token from the future is
        if at >= expires or issued > at + 30 or expires - issued > kind.life.total_seconds():
            raise Unauthenticated("the token has expired")
        return claims


def _caller(claims: dict[str, Any]) -> Caller:
    """Raises `Invalid`."""
    return Caller(
        staff_id=_name(claims, "sub"),
        organisation=_name(claims, "organisation"),
        roles=frozenset(_names(claims, "roles", _MOST_ROLES)),
        territories=_names(claims, "territories", _MOST_TERRITORIES),
    )


def _ticket(claims: dict[str, Any]) -> Ticket:
    """Raises `Invalid`."""
    return Ticket(
        incident_id=_name(claims, "incident"),
        need_id=_name(claims, "need"),
        service_request_id=_name(claims, "service_request"),
        offer_id=_name(claims, "offer"),
        organisation=_name(claims, "organisation"),
        organisation_kind=_name(claims, "organisation_kind"),
        staff_id=_name(claims, "sub"),
        reader=_name(claims, "reader") if "reader" in claims else None,
    )


def _call(claims: dict[str, Any]) -> CallProof:
    """Raises `Invalid`."""
    return CallProof(
        operator=_name(claims, "sub"),
        person=_name(claims, "person"),
        check_id=_name(claims, "check"),
    )


def _seconds(claims: dict[str, Any], field: str) -> int:
    value = claims.get(field)
    if type(value) is not int:  # neither true nor infinity is a time
        raise Invalid(field, "must be whole seconds")
    return value


def _name(claims: dict[str, Any], field: str) -> str:
    return _checked(claims.get(field), field)


def _names(claims: dict[str, Any], field: str, most: int) -> tuple[str, ...]:
    values = claims.get(field)
    if not isinstance(values, list) or len(values) > most:
        raise Invalid(field, f"must be a list of {most} at most")
    return tuple(_checked(each, f"{field}[{index}]") for index, each in enumerate(values))


def _checked(value: object, field: str) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise Invalid(field, "must be letters, digits, dots and hyphens")
    return value


def _import(path: Path, jwk: dict[str, Any]) -> OKPKey:
    try:
        return OKPKey.import_key(jwk)
    except (JoseError, ValueError) as problem:
        raise KeyFileError(f"{path}: {jwk.get('kid')} is no Ed25519 key") from problem
