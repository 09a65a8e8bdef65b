"""Sealing keys come and go in phases, so that nobody ever seals what somebody cannot read.

Rotation: (1) the new private key goes to its owner, (2) its public half to every other service,
(3) last to the owner, who seals with it from then on. Retirement takes the same steps backwards and
keeps the private key aside. Each function yields a line for a person after each step; whoever is
killed between two repeats the command, which goes on where it stopped (docs/decisions/0009).
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.provision.secrets import (
    SHARED,
    Jwk,
    changing,
    new_pair,
    public_half,
    read_set,
    write_set,
)
from deploy.topology import SERVICES
from shared.key_files import KeyFileError, generation, read_jwks
from shared.security.keyring import PRIVATE_FILE, PUBLIC_FILE

RETIRED_FILE = "seal.retired.json"
"""Private keys that nobody uses any more, kept aside by their owner so that it can be undone."""
SETTLED = 30.0
"""Seconds after the last change of the public keys in which somebody may still use the older ones:
running processes look every second, and no transaction that has sealed with one lasts longer."""


class Refused(Exception):
    """It cannot be done with this key. The message is one line for a person."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One key as the files of this machine show it."""

    kid: str
    made: datetime | None
    state: str
    """``in use``, ``readable``, ``on its way`` (a rotation to finish), ``retired``."""
    private_here: bool
    lacking: tuple[str, ...]
    """Services that do not know its public half, or of a shared key, that do not hold it."""

    @property
    def service(self) -> str:
        """Whose it is, or of a shared key what it is for."""
        return generation(self.kid)[0]


def standings(folder: Path) -> list[Standing]:
    """Every key, by service, newest first; raises `KeyFileError`."""
    known = {service: _public(folder, service) for service in SERVICES}
    found: list[Standing] = []
    for service in SERVICES:
        private = {key["kid"]: key for key in _private_here(folder, service)}
        retired = {key["kid"]: key for key in _retired(folder, service)}
        public = {kid for each in known.values() for kid in each if _of(kid, service)}
        in_use = max((kid for kid in known[service] if _of(kid, service)), key=_number, default="")
        if not in_use:
            raise KeyFileError(f"{folder / service / PUBLIC_FILE} holds no key of {service}")
        for kid in sorted(public | set(private) | set(retired), key=generation, reverse=True):
            lacking = tuple(each for each in SERVICES if kid not in known[each])
            if kid in retired and kid not in private:
                state = "retired"
            elif kid == in_use:
                state = "in use"
            else:
                state = "on its way" if _number(kid) > _number(in_use) else "readable"
            made = made_at((private | retired).get(kid, {}))
            found.append(Standing(kid, made, state, kid in private, lacking))
    return found


def made_at(key: Jwk) -> datetime | None:
    """When a key was made, if it says so."""
    made = key.get("iat")
    return datetime.fromtimestamp(made, UTC) if isinstance(made, int) else None


def rotate(folder: Path, service: str) -> Iterator[str]:
    """A new key for a service, or the rest of a rotation that was not finished.

    Raises `KeyFileError`, and `StackError` while another command changes the keys.
    """
    with changing(folder):
        known = {each: _public(folder, each) for each in SERVICES}
        keys = _private(folder, service)
        newest = max(keys, key=lambda key: _number(key["kid"]))
        kid = str(newest["kid"])
        if all(kid in each for each in known.values()):
            used = [key["kid"] for key in (*keys, *_retired(folder, service))]
            kid = f"{service}.{max(map(_number, used)) + 1}"
            newest = new_pair("X25519", kid)
            write_set(folder / service / PRIVATE_FILE, [newest, *keys])
            yield f"{kid}: {service} can read with it"
        else:
            yield f"{kid}: was on its way, going on"
        for each in (*_others(service), service):
            if kid not in known[each]:
                _add_public(folder, each, newest)
            yield f"{kid}: " + ("in use" if each == service else f"known to {each}")


def may_retire(folder: Path, kid: str) -> None:
    """Raises `Refused` unless the files let this key go; what still needs it is another question.

    Raises `KeyFileError` too.
    """
    if kid.rpartition(".")[0] in SHARED:
        raise Refused(f"{kid} stays: without it old cases would show to those whom they exclude")
    service = _owner(kid)
    held = [each for each in standings(folder) if each.service == service]
    found = next((each for each in held if each.kid == kid), None)
    if found is None:
        raise Refused(f"no key {kid} on this machine: see `tirek keys list`")
    if found.state == "retired":
        raise Refused(f"{kid} is retired already")
    if found.state == "on its way":
        raise Refused(f"{kid} is not even in use yet: finish with `tirek keys rotate {service}`")
    if found.state == "in use":
        raise Refused(f"{kid} is in use: make a newer one with `tirek keys rotate {service}`")
    if any(each.lacking for each in held if each.state in ("in use", "on its way")):
        raise Refused(f"a rotation is not finished: `tirek keys rotate {service}` goes on with it")
    if not found.private_here:
        raise Refused(f"the private key {kid} is not on this machine: retire it where it is")
    if (wait := _unsettled(folder)) > 0:
        raise Refused(
            f"keys changed a moment ago and {kid} may still be in somebody's hand: "
            f"try again in {wait:.0f} s"
        )


def retire(folder: Path, kid: str) -> Iterator[str]:
    """Takes a key away in the reverse order of its coming. Ask `may_retire` and the needs first."""
    with changing(folder):
        service = _owner(kid)
        for each in (service, *_others(service)):
            path = folder / each / PUBLIC_FILE
            if kid in _public(folder, each):
                write_set(path, [key for key in read_set(path) if key["kid"] != kid])
            yield f"{kid}: {each} knows it no more"
        keys = _private(folder, service)
        aside = [key for key in keys if key["kid"] == kid]
        kept = [key for key in _retired(folder, service) if key["kid"] != kid]
        write_set(folder / service / RETIRED_FILE, _sorted([*aside, *kept]))
        write_set(folder / service / PRIVATE_FILE, [key for key in keys if key["kid"] != kid])
        yield f"{kid}: retired; its private key is in {service}/{RETIRED_FILE}"


def restore(folder: Path, kid: str) -> Iterator[str]:
    """Undoes a retirement: what it was needed for opens again. Raises `Refused`, `KeyFileError`."""
    with changing(folder):
        service = _owner(kid)
        retired, keys = _retired(folder, service), _private(folder, service)
        found = next((key for key in retired if key["kid"] == kid), None)
        if found is None:
            raise Refused(f"{kid} was not retired here: see `tirek keys list`")
        if kid not in {key["kid"] for key in keys}:
            write_set(folder / service / PRIVATE_FILE, _sorted([*keys, found]))
        yield f"{kid}: {service} can read with it"
        for each in (*_others(service), service):
            if kid not in _public(folder, each):
                _add_public(folder, each, found)
            yield f"{kid}: known to {each}"
        rest = [key for key in retired if key["kid"] != kid]
        if rest:
            write_set(folder / service / RETIRED_FILE, rest)
        else:
            (folder / service / RETIRED_FILE).unlink()


def held(folder: Path, service: str) -> list[Jwk]:
    """All private keys of a service that are on this machine, in use or not; none is no error."""
    return [*_private_here(folder, service), *_retired(folder, service)]


def _add_public(folder: Path, service: str, key: Jwk) -> None:
    path = folder / service / PUBLIC_FILE
    write_set(path, _sorted([*read_set(path), public_half(key)]))


def _sorted(keys: list[Jwk]) -> list[Jwk]:
    """By service, newest first."""

    def place(key: Jwk) -> tuple[int, int]:
        service, number = generation(key["kid"])
        return SERVICES.index(service), -number

    return sorted(keys, key=place)


def _private(folder: Path, service: str) -> list[Jwk]:
    return read_jwks(folder / service / PRIVATE_FILE, needs=("kid", "d"))


def _private_here(folder: Path, service: str) -> list[Jwk]:
    here = (folder / service / PRIVATE_FILE).exists()
    return _private(folder, service) if here else []


def _public(folder: Path, service: str) -> set[str]:
    return {key["kid"] for key in read_jwks(folder / service / PUBLIC_FILE, needs=("kid", "x"))}


def _retired(folder: Path, service: str) -> list[Jwk]:
    path = folder / service / RETIRED_FILE
    return read_jwks(path, needs=("kid", "d")) if path.exists() else []


def _unsettled(folder: Path) -> float:
    """Seconds until everybody surely uses the newest keys."""
    changed = max((folder / each / PUBLIC_FILE).stat().st_mtime for each in SERVICES)
    return changed + SETTLED - time.time()


def _owner(kid: str) -> str:
    try:
        service, _ = generation(kid)
    except ValueError:
        service = ""
    if service not in SERVICES:
        raise Refused(f"{kid} is no key's name: they are <service>.<n>, see `tirek keys list`")
    return service


def _others(service: str) -> tuple[str, ...]:
    return tuple(each for each in SERVICES if each != service)


def _of(kid: str, service: str) -> bool:
    return generation(kid)[0] == service


def _number(kid: str) -> int:
    return generation(kid)[1]
