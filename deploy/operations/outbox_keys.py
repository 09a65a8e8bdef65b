"""Keys by which a service knows its own word in its outbox, named outbox-<service>.<n>.

They are only ever added: rows bear the older ones' MACs for 14 days, and the newest row for ever.
A new one is in use at once. What is said with it while a relay on another machine lacks the file
is refused, and taken once the file is there (`shared.bus.sifting`).
"""

from pathlib import Path

from deploy.operations.sealing_keys import Standing, made_at
from deploy.provision.secrets import Jwk, changing, new_secret, outbox_kid, write_set
from deploy.topology import SERVICES
from shared.key_files import generation, read_jwks
from shared.macs import FILE

NAMES = {f"outbox-{service}": service for service in SERVICES}
"""Services by how their keys are named."""


def standings(folder: Path) -> list[Standing]:
    """Every such key on this machine, newest first; raises `KeyFileError`."""
    return [
        Standing(key["kid"], made_at(key), "readable" if place else "in use", True, ())
        for service in SERVICES
        for place, key in enumerate(_keys(folder, service))
    ]


def add(folder: Path, name: str) -> str:
    """A new key, in use from now on; its id. Raises `KeyFileError`, and `StackError` while another
    command changes the keys."""
    service = NAMES[name]
    with changing(folder):
        keys = _keys(folder, service)
        newest = max((generation(key["kid"])[1] for key in keys), default=0)
        kid = outbox_kid(service, newest + 1)
        write_set(folder / service / FILE, [new_secret(kid), *keys])
    return kid


def _keys(folder: Path, service: str) -> list[Jwk]:
    path = folder / service / FILE
    return read_jwks(path, needs=("kid", "k")) if path.exists() else []
