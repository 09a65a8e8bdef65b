"""Keys of the short code that ties an answer to one person and one offer.

A code is derived, not drawn: the same on every retry and channel, and nowhere stored but as a keyed
hash. Whoever answers must also send from that person's number, and may not guess often.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from shared.key_files import read_jwks, unb64
from shared.symbols import SYMBOLS

LENGTH = 7
DIGITS = 6
"""Of a code that is typed once, within minutes."""


@dataclass(frozen=True, slots=True)
class CodeKeys:
    """The keys by ``kid``, newest first. A code keeps the key it was made under."""

    keys: dict[str, bytes]

    @classmethod
    def from_directory(cls, keys: Path) -> Self:
        """Reads ``codes.json``; `KeyFileError` says what is wrong."""
        jwks = read_jwks(keys / "codes.json", needs=("kid", "k"))
        return cls({jwk["kid"]: unb64(jwk["k"]) for jwk in jwks})

    @property
    def newest(self) -> str:
        """The ``kid`` under which codes are made now."""
        return next(iter(self.keys))

    def derive(self, kid: str, offer_id: str, staff_id: str, counter: int) -> str:
        """The code of ``staff_id`` for ``offer_id``. ``counter`` goes up on a collision only."""
        number = int.from_bytes(self._mac(kid, "code", offer_id, staff_id, str(counter)))
        symbols = []
        for _ in range(LENGTH):
            number, position = divmod(number, len(SYMBOLS))
            symbols.append(SYMBOLS[position])
        return "".join(symbols)

    def fingerprint(self, kid: str, code: str) -> str:
        """What is stored of a code: without the key it cannot be turned back by trying them all."""
        return self._mac(kid, "fingerprint", code).hex()

    def fingerprints(self, code: str) -> Iterator[str]:
        """Under every key: what a received code may be stored as."""
        return (self.fingerprint(kid, code) for kid in self.keys)

    def digits(self, message_id: str) -> Iterator[str]:
        """The six digits that a message carries, under every key, the newest first."""
        for kid in self.keys:
            number = int.from_bytes(self._mac(kid, "digits", message_id))
            yield f"{number % 10**DIGITS:0{DIGITS}}"

    def pair(self, kid: str, pin_id: str, positions: tuple[int, int], digits: str) -> str:
        """What is kept of two digits of a PIN instead of them."""
        return self._mac(kid, "pin", pin_id, ",".join(map(str, positions)), digits).hex()

    def blind(self, kind: str, value: str) -> str:
        """A keyed hash of something that must be recognised again and not be stored (a number)."""
        return self._mac(self.newest, kind, value).hex()

    def _mac(self, kid: str, *parts: str) -> bytes:
        return hmac.digest(self.keys[kid], "\x1f".join(("tirek v1", *parts)).encode(), sha256)
