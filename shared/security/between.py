"""Between services: who asks, proven by keys that the two of them have in common and nobody else.

A service that asks another one's HTTP process for something of its own, and not for a person,
bears a token of this kind: a JWT (HS256) under a key that both derive from their sealing keys. So
it takes no key of its own, and follows those when they are changed.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from shared.errors import Unauthenticated, Unavailable
from shared.key_files import generation
from shared.security.keyring import KeyFiles, Keyring

LIFE, SKEW = timedelta(minutes=1), timedelta(seconds=30)
LONGEST = 2048
"""Characters of a token, and more than any that is made has."""
_ALGORITHMS = ["HS256"]
_BROKEN = (JoseError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading may end with of a token that anybody made up."""


class Between:
    """Makes tokens for other services, and knows those that others made for this one."""

    def __init__(self, keys: KeyFiles) -> None:
        self._keys = keys

    @classmethod
    def from_directory(cls, service: str, keys: Path) -> Self:
        """By the sealing keys; raises `KeyFileError`."""
        return cls(KeyFiles(service, keys))

    def token(self, to: str, now: datetime) -> str:
        """For one request to a service, at wall time ``now``; raises `Unavailable` while no key of
        it is known."""
        ring = self._keys.now()
        own, theirs = ring.own, ring.in_use(to)
        claims = {"iat": int(now.timestamp()), "exp": int((now + LIFE).timestamp())}
        header = {"alg": "HS256", "kid": f"{own}:{theirs}"}
        key = OctKey.import_key(ring.asking(own, theirs, own))
        return jwt.encode(header, claims, key, algorithms=_ALGORITHMS)

    def asker(self, text: str, now: datetime) -> str:
        """The service that asks; raises `Unauthenticated` for all but its own token for us."""
        if len(text) > LONGEST:
            raise Unauthenticated("not a token of ours")
        try:
            asker, issued, expires = self._read(text)
        except (*_BROKEN, Unavailable) as problem:
            raise Unauthenticated("not a token of ours") from problem
        at = now.timestamp()
        life = expires - issued
        if at >= expires or issued > at + SKEW.total_seconds() or life > LIFE.total_seconds():
            raise Unauthenticated("the token has expired")
        return asker

    def _read(self, text: str) -> tuple[str, int, int]:
        ring = self._keys.now()
        decoded = jwt.decode(text, lambda each: _key(ring, each.headers()), algorithms=_ALGORITHMS)
        asker, _ = generation(decoded.header["kid"].partition(":")[0])
        return asker, int(decoded.claims["iat"]), int(decoded.claims["exp"])


def _key(ring: Keyring, header: dict[str, Any]) -> OctKey:
    theirs, _, own = header["kid"].partition(":")
    return OctKey.import_key(ring.asking(own, theirs, theirs))
