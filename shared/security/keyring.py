"""The sealing keys of one service: its own private ones, and everybody's public ones.

A new key comes in phases (docs/decisions/0009): its private half to its owner, its public half to
all others, and last to the owner, who seals with it from then on. Running processes follow the
files by themselves, so no phase waits for a restart.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import Unavailable
from shared.events.services import SERVICES
from shared.key_files import Followed, KeyFileError, generation, read_jwks, unb64

PRIVATE_FILE, PUBLIC_FILE = "seal.private.json", "seal.public.json"
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Pair:
    """What a producer and a reader have in common, and nobody else: 32 bytes each."""

    wrapping: bytes
    proving: bytes


class Keyring:
    """What a service holds at one moment. Keys are named ``<service>.<n>``.

    ``public`` holds the service's own public keys too, 32 bytes each: only what stands there is
    used to seal. ``binds``: keys whose seals all bear a proof for each reader. Raises
    `KeyFileError` when no private key has its public half there.
    """

    def __init__(
        self,
        service: str,
        private: Mapping[str, X25519PrivateKey],
        public: Mapping[str, bytes],
        binds: Collection[str] = (),
    ) -> None:
        self.service = service
        self.private = private
        self.public = public
        self.binds = binds
        self._pairs: dict[tuple[str, str, str], Pair] = {}
        self._vouching: dict[tuple[str, str, str], bytes] = {}
        self._newest = _newest(kid for kid in public if self._may_seal(kid))
        """The key in use of each service: the newest that everybody can have."""
        theirs = (kid for kid in public if generation(kid)[0] != service)
        self._last = _newest([*private, *theirs])
        if service not in self._newest:
            raise KeyFileError(f"no private sealing key of {service} stands in its public keys")

    def _may_seal(self, kid: str) -> bool:
        return generation(kid)[0] != self.service or kid in self.private

    @property
    def own(self) -> str:
        """The key this service seals with."""
        return self.in_use(self.service)

    def in_use(self, service: str) -> str:
        """The key to seal for a reader with; raises `Unavailable` as long as there is none."""
        try:
            return self._newest[service]
        except KeyError:
            raise Unavailable(f"a public sealing key of {service}") from None

    def is_newer(self, kid: str) -> bool:
        """Whether a key may still come: newer than all that are held of a service of ours.

        Raises `ValueError` for what is no key's id.
        """
        service, number = generation(kid)
        held = self._last.get(service)
        if held is None:
            return service in SERVICES
        return number > generation(held)[1]

    def pair(self, own: str, other: str, producer: str) -> "Pair":
        """The keys between our key ``own`` and the other side's ``other``, agreed once.

        Raises `KeyError` for a key that is not held.
        """
        known = self._pairs.get((own, other, producer))
        if known is None:
            reader = other if producer == own else own
            derived = self._agreed(own, other, f"tirek seal v1|{producer}|{reader}", 64)
            known = self._pairs[own, other, producer] = Pair(derived[:32], derived[32:])
        return known

    def asking(self, own: str, other: str, asker: str) -> bytes:
        """32 bytes with which the side whose key is ``asker`` proves to the other that it asks.

        Raises `KeyError` as `pair` does.
        """
        asked = other if asker == own else own
        return self._agreed(own, other, f"tirek ask v1|{asker}|{asked}", 32)

    def vouching(self, own: str, other: str, producer: str) -> bytes:
        """32 bytes with which a producer proves to one reader what it says; agreed once.

        Raises `KeyError` as `pair` does.
        """
        known = self._vouching.get((own, other, producer))
        if known is None:
            reader = other if producer == own else own
            known = self._agreed(own, other, f"tirek vouch v1|{producer}|{reader}", 32)
            self._vouching[own, other, producer] = known
        return known

    def _agreed(self, own: str, other: str, info: str, length: int) -> bytes:
        public = X25519PublicKey.from_public_bytes(self.public[other])
        shared = self.private[own].exchange(public)
        return HKDF(SHA256(), length, salt=None, info=info.encode()).derive(shared)


def _newest(kids: Iterable[str]) -> dict[str, str]:
    newest: dict[str, str] = {}
    for kid in kids:
        service, number = generation(kid)
        if service not in newest or number > generation(newest[service])[1]:
            newest[service] = kid
    return newest


def read(service: str, folder: Path) -> Keyring:
    """What the files hold now; raises `KeyFileError`."""
    # public first: private halves come before their public ones, so none is missing
    public_file, private_file = folder / PUBLIC_FILE, folder / PRIVATE_FILE
    public = {
        kid: key.public_bytes_raw()
        for kid, key in _keys(public_file, "x", X25519PublicKey.from_public_bytes).items()
    }
    binds = {jwk["kid"] for jwk in read_jwks(public_file, needs=("kid",)) if jwk.get("binds")}
    private = _keys(private_file, "d", X25519PrivateKey.from_private_bytes)
    if any(generation(kid)[0] != service for kid in private):
        raise KeyFileError(f"{private_file} holds a key of another service")
    return Keyring(service, private, public, binds)


def _keys(path: Path, member: str, made: Callable[[bytes], Key]) -> dict[str, Key]:
    found: dict[str, Key] = {}
    for jwk in read_jwks(path, needs=("kid", member)):
        try:
            generation(jwk["kid"])
            found[jwk["kid"]] = made(unb64(jwk[member]))
        except (ValueError, TypeError, AttributeError):
            raise KeyFileError(f"{path} holds what is no X25519 key <service>.<n>") from None
    return found


class KeyFiles:
    """The key files of a running process: read again when they changed."""

    def __init__(self, service: str, folder: Path) -> None:
        """Raises `KeyFileError`: nothing starts without its keys."""
        self._files = Followed(
            "sealing",
            [folder / PUBLIC_FILE, folder / PRIVATE_FILE],
            lambda: read(service, folder),
            lambda ring: {"kid": ring.own, "count": len(ring.public)},
        )

    def now(self) -> Keyring:
        """The keys of at most a second ago."""
        return self._files.now()

    def fresh(self) -> Keyring:
        """The keys as they are now."""
        return self._files.fresh()
