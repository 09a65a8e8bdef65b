"""Keys by which audit signs checkpoints of the ledger, named ledger.<n>, newest first.

While there are two, each checkpoint bears the signatures of both, so a witness who knows either
cosigns it. The older one is retired once every witness knows the newer; its public half stays for
whoever verifies what it has signed, and its private half is gone.
"""

from pathlib import Path

from deploy.operations.sealing_keys import Refused, Standing, made_at
from deploy.provision.secrets import Jwk, changing, new_pair, public_half, write_set
from services.audit.signing import FILE, Signing
from shared.key_files import generation, read_jwks

NAME = "ledger"
PUBLIC = "ledger.public.json"
_OWNER = "audit"


def standings(folder: Path) -> list[Standing]:
    """Every such key on this machine, newest first; raises `KeyFileError`."""
    signing = {key["kid"] for key in _keys(folder, FILE)}
    known = {key["kid"]: key for name in (PUBLIC, FILE) for key in _keys(folder, name)}
    return [
        Standing(
            kid,
            made_at(known[kid]),
            "in use" if kid in signing else "retired",
            private_here=kid in signing,
            lacking=(),
        )
        for kid in sorted(known, key=generation, reverse=True)
    ]


def add(folder: Path) -> str:
    """A new key, in use from now on beside the one before; its id. Raises `Refused` while there are
    two, `KeyFileError`, and `StackError` while another command changes the keys."""
    with changing(folder):
        keys = _keys(folder, FILE)
        if len(keys) > 1:
            raise Refused(f"retire {keys[-1]['kid']} first, once every witness knows the newer key")
        known = [generation(key["kid"])[1] for key in [*keys, *_keys(folder, PUBLIC)]]
        kid = f"{NAME}.{max(known, default=0) + 1}"
        _write(folder, [new_pair("Ed25519", kid), *keys])
    return kid


def retire(folder: Path, kid: str) -> None:
    """Signs with it no longer. Raises `Refused` unless it is the older of two; else as `add`."""
    with changing(folder):
        keys = _keys(folder, FILE)
        if len(keys) < 2 or keys[-1]["kid"] != kid:
            raise Refused(f"{kid} is not the older one of two keys of the ledger")
        _write(folder, keys[:-1])


def public(folder: Path, origin: str) -> list[str]:
    """What witnesses and verifiers are given of the keys in use, newest first, as policies write
    it. Raises `KeyFileError`."""
    return [str(each) for each in Signing.from_directory(folder / _OWNER, origin).verifiers(origin)]


def _write(folder: Path, keys: list[Jwk]) -> None:
    """The public halves first: whatever signs is known."""
    known = [public_half(key) for key in keys]
    kids = {key["kid"] for key in keys}
    older = [key for key in _keys(folder, PUBLIC) if key["kid"] not in kids]
    write_set(folder / _OWNER / PUBLIC, [*known, *older])
    write_set(folder / _OWNER / FILE, keys)


def _keys(folder: Path, name: str) -> list[Jwk]:
    path = folder / _OWNER / name
    return read_jwks(path, needs=("kid", "x")) if path.exists() else []
