"""Passwords and key files of an embedded stack: made once, kept in the state folder, mode 0600.

Key files are JSON Web Key Sets, newest key first. A service's folder holds what that service may
know and nothing else.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from joserfc.jwk import OctKey, OKPKey

from deploy.errors import StackError
from deploy.provision import private_files
from deploy.provision.bus_rules import USERS
from deploy.provision.state_lock import try_lock
from deploy.topology import ROLES, SERVICES, SUPERUSER
from shared import macs as outbox
from shared.security.keyring import PRIVATE_FILE, PUBLIC_FILE

Jwk = dict[str, Any]
Curve = Literal["X25519", "Ed25519"]

_SECRETS = {
    "master": ("intake", "master.json"),
    "codes": ("notify", "codes.json"),
    "accounts": ("console", "accounts.json"),
}
"""Symmetric keys (256 bits) of one service: by name its folder and the file."""
_BUS = {user: f"bus.{user}" for user in USERS}
"""By user the name of their password: a service's name may be a role's too."""
MAKER = "intake"
SHARED = {
    "tags": ("tags.json", ("notify",)),
    "exclusions": ("exclusions.json", ("referral", "committee")),
}
"""Symmetric keys that intake makes tags or digests with, and others find people by: by name the
file, and who find. One id is one key, whoever holds it."""


def passwords(folder: Path) -> dict[str, str]:
    """One password a role, the superuser's, and one a user of the bus (`on_the_bus`): 160 bits
    each, made once."""
    path = folder / "passwords.json"
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [role for role in (SUPERUSER, *ROLES, *_BUS.values()) if role not in found]
    if missing:
        found |= {role: secrets.token_hex(20) for role in missing}
        private_files.write(path, json.dumps(found, indent=2))
    return found


def on_the_bus(passwords: Mapping[str, str]) -> dict[str, str]:
    """Of these the ones of the bus, by user."""
    return {user: passwords[name] for user, name in _BUS.items() if name in passwords}


def password_file(folder: Path, password: str) -> Path:
    """A file holding one password alone, for initdb."""
    path = folder / "superuser"
    private_files.write(path, password)
    return path


def key_files(folder: Path) -> None:
    """Makes what is missing: of outboxes, sealing, tokens, tickets, call proofs, the ledger, and
    symmetric ones."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with changing(folder):
        _outboxes(folder)
        _sealing(folder)
        tokens = _private(folder / "console" / "tokens.private.json", "Ed25519", "console.1")
        tickets = _private(folder / "referral" / "tickets.private.json", "Ed25519", "referral.1")
        calls = _private(folder / "notify" / "calls.private.json", "Ed25519", "notify.1")
        ledger = _private(folder / "audit" / "ledger.private.json", "Ed25519", "ledger.1")
        for service in SERVICES:
            _public(folder / service / "tokens.public.json", tokens)
        _ledger(folder / "audit" / "ledger.public.json", ledger)
        _public(folder / "intake" / "tickets.public.json", tickets)
        _public(folder / "intake" / "calls.public.json", calls)
        for name, (service, file) in _SECRETS.items():
            if not (folder / service / file).exists():
                write_set(folder / service / file, [new_secret(f"{name}.1")])
        for name, (file, finders) in SHARED.items():
            _shared(name, folder / MAKER / file, [folder / each / file for each in finders])


def _outboxes(folder: Path) -> None:
    """Each service's own. Where it has no sealing key yet, it has never said anything without."""
    for service in SERVICES:
        if not (folder / service / outbox.FILE).exists():
            key = new_secret(outbox_kid(service, 1))
            first = not (folder / service / PRIVATE_FILE).exists()
            write_set(
                folder / service / outbox.FILE, [key | {outbox.SINCE_FIRST: True} if first else key]
            )


def outbox_kid(service: str, number: int) -> str:
    """The id of a key of a service's outbox."""
    return f"outbox-{service}.{number}"


def _sealing(folder: Path) -> None:
    """What a service reads with is given to all others, and nothing new is put in use.

    Of its own keys a service knows those that it knew: to add one is the last phase of a rotation
    (`deploy.operations.sealing_keys`), and that phase is not ours to take.
    """
    private = {
        service: _private(folder / service / PRIVATE_FILE, "X25519", f"{service}.1")
        for service in SERVICES
    }
    paths = {service: folder / service / PUBLIC_FILE for service in SERVICES}
    # one that is lost gets all: by then the others must have all
    for service in sorted(SERVICES, key=lambda each: not paths[each].exists()):
        known = {key["kid"] for key in read_set(paths[service])} if paths[service].exists() else ()
        own = [key for key in private[service] if key["kid"] in known] or private[service]
        all_keys = private | {service: own}
        _public(paths[service], [key for each in SERVICES for key in all_keys[each]])


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """One at a time changes the key files; raises `StackError` when somebody else does."""
    if not folder.is_dir():
        raise StackError(f"{folder} is no folder of keys")
    fd = os.open(folder / "changing", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not try_lock(fd):
            raise StackError(f"somebody else is changing the keys in {folder}: try again")
        yield
    finally:
        os.close(fd)


def _private(path: Path, curve: Curve, kid: str) -> list[Jwk]:
    if not path.exists():
        write_set(path, [new_pair(curve, kid)])
    return read_set(path)


def new_pair(curve: Curve, kid: str) -> Jwk:
    """A new private key. ``iat`` says when it was made, in seconds since 1970.

    ``binds``: whatever is sealed with it bears a proof for each reader (`shared.security.sealing`),
    which keys from before this release cannot promise.
    """
    key = OKPKey.generate_key(curve, {"kid": kid}, auto_kid=False)
    made = {**key.as_dict(private=True), "iat": int(datetime.now(UTC).timestamp())}
    return made | {"binds": True} if curve == "X25519" else made


def public_half(key: Jwk) -> Jwk:
    """What others may know of a private key: also since when, so that they see it grow old."""
    return {name: key[name] for name in ("kty", "crv", "x", "kid", "binds", "iat") if name in key}


def _public(path: Path, private: list[Jwk]) -> None:
    public = [public_half(key) for key in private]
    if not path.exists() or read_set(path) != public:
        write_set(path, public)


def _ledger(path: Path, private: list[Jwk]) -> None:
    """Those that are retired stay: they have signed (`deploy.operations.ledger_keys`)."""
    kids = {key["kid"] for key in private}
    known = read_set(path) if path.exists() else []
    _public(path, [*private, *(key for key in known if key["kid"] not in kids)])


def new_secret(kid: str) -> Jwk:
    """A new symmetric key. ``iat`` as in `new_pair`."""
    key = OctKey.generate_key(256, {"kid": kid}, auto_kid=False)
    return {**key.as_dict(private=True), "iat": int(datetime.now(UTC).timestamp())}


def _shared(name: str, maker: Path, finders: Sequence[Path]) -> None:
    """Whoever finds holds all that is made with, and gets it first.

    What the finders alone hold is on its way (`deploy.operations.exclusion_keys`), and stays so.
    """
    held = [read_set(path) if path.exists() else [] for path in finders]
    found = max(held, key=len)
    made = read_set(maker) if maker.exists() else found or [new_secret(f"{name}.1")]
    known = [*(key for key in made if key not in found), *found]
    for path, keys in zip(finders, held, strict=True):
        if keys != known:
            write_set(path, known)
    if not maker.exists():
        write_set(maker, made)


def read_set(path: Path) -> list[Jwk]:
    """The keys of a file that we wrote."""
    keys: list[Jwk] = json.loads(path.read_text())["keys"]
    return keys


def write_set(path: Path, keys: list[Jwk]) -> None:
    """Replaces a file: whole or not at all."""
    private_files.write(path, json.dumps({"keys": keys}, indent=2))
