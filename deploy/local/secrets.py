"""Passwords and key files of an embedded stack: made once, kept in the state folder, mode 0600.

Key files are JSON Web Key Sets, newest key first. A service's folder holds what that service may
know and nothing else.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any, Literal

from joserfc.jwk import OctKey, OKPKey

from deploy.local.postgres import SUPERUSER
from deploy.topology import ROLES, SERVICES

Jwk = dict[str, Any]

_SHARED_SECRETS: dict[str, tuple[tuple[str, str], ...]] = {
    "intake": (("master.json", "master.1"), ("tags.json", "tags.1")),
    "notify": (("tags.json", "tags.1"), ("codes.json", "codes.1")),
}
"""Symmetric keys (256 bits) by service: file and key id. One id is one key, whoever holds it."""


def passwords(folder: Path) -> dict[str, str]:
    """One password a role, and the superuser's: 160 bits each, made once."""
    path = folder / "passwords.json"
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [role for role in (SUPERUSER, *ROLES) if role not in found]
    if missing:
        found |= {role: secrets.token_hex(20) for role in missing}
        _write(path, json.dumps(found, indent=2))
    return found


def password_file(folder: Path, password: str) -> Path:
    """A file holding one password alone, for initdb."""
    path = folder / "superuser"
    _write(path, password)
    return path


def key_files(folder: Path) -> None:
    """Makes what is missing: sealing keys, token and ticket keys, symmetric keys."""
    seals = [
        _private(folder / service / "seal.private.json", "X25519", f"{service}.1")
        for service in SERVICES
    ]
    tokens = _private(folder / "console" / "tokens.private.json", "Ed25519", "console.1")
    tickets = _private(folder / "referral" / "tickets.private.json", "Ed25519", "referral.1")
    for service in SERVICES:
        _public(folder / service / "seal.public.json", [key for keys in seals for key in keys])
        _public(folder / service / "tokens.public.json", tokens)
    _public(folder / "intake" / "tickets.public.json", tickets)
    made: dict[str, list[Jwk]] = {}
    for service, files in _SHARED_SECRETS.items():
        for name, kid in files:
            made[kid] = _symmetric(folder / service / name, kid, made.get(kid))


def _private(path: Path, curve: Literal["X25519", "Ed25519"], kid: str) -> list[Jwk]:
    if not path.exists():
        key = OKPKey.generate_key(curve, {"kid": kid}, auto_kid=False)
        _write_set(path, [dict(key.as_dict(private=True))])
    return _read_set(path)


def _public(path: Path, private: list[Jwk]) -> None:
    public = [{name: key[name] for name in ("kty", "crv", "x", "kid")} for key in private]
    if not path.exists() or _read_set(path) != public:
        _write_set(path, public)


def _symmetric(path: Path, kid: str, same_as: list[Jwk] | None) -> list[Jwk]:
    if same_as is not None and (not path.exists() or _read_set(path) != same_as):
        _write_set(path, same_as)
    elif not path.exists():
        key = OctKey.generate_key(256, {"kid": kid}, auto_kid=False)
        _write_set(path, [dict(key.as_dict(private=True))])
    return _read_set(path)


def _read_set(path: Path) -> list[Jwk]:
    keys: list[Jwk] = json.loads(path.read_text())["keys"]
    return keys


def _write_set(path: Path, keys: list[Jwk]) -> None:
    _write(path, json.dumps({"keys": keys}, indent=2))


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and never readable for others, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
