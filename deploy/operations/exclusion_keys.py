"""Keys by which a case is hidden from whom it excludes: of tags, and of digests. Only ever added.

One service makes tags or digests with its keys, others find people with all that they have. So a
new key goes (1) to whoever find (notify then says everybody anew under a key of tags), and (2),
once that was heard, to intake, which makes with it from then on. The command ends after each phase,
so that files can be copied to other machines between them; it may be killed anywhere and repeated
(docs/decisions/0016). None is ever retired: old cases would show to those whom they exclude.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import asyncpg

from deploy.operations.sealing_keys import SETTLED, Refused, Standing, made_at
from deploy.operations.service_database import as_system
from deploy.provision.secrets import MAKER, SHARED, Jwk, changing, new_secret, write_set
from shared.events import READERS
from shared.events.notify import StaffChanged
from shared.key_files import generation, read_jwks, unb64
from shared.security.tags import Tagger

Ready = Callable[[Jwk], str | None]
"""What still keeps a key from being used, in words for a person; nothing once it may be."""
PEOPLE = "SELECT staff_id FROM people"
UNHEARD = """
SELECT count(*) FROM unnest($1::text[], $2::text[]) AS wanted(staff_id, tag)
WHERE NOT EXISTS (SELECT FROM staff
                  WHERE staff.staff_id = wanted.staff_id AND wanted.tag = ANY (staff.tags))
"""


def standings(folder: Path) -> list[Standing]:
    """Every key of tags and of digests that is on this machine, newest first."""
    found: list[Standing] = []
    for file, finders in SHARED.values():
        here = {each: _here(folder / each / file) for each in (*finders, MAKER)}
        used = [*here[MAKER]]
        known = {kid: key for keys in here.values() for kid, key in keys.items()}
        for kid, key in sorted(known.items(), key=_number, reverse=True):
            state = "on its way" if kid not in used else "in use" if kid == used[0] else "readable"
            lacking = tuple(each for each, keys in here.items() if kid not in keys)
            found.append(Standing(kid, made_at(key), state, True, lacking))
    return found


def add(folder: Path, name: str, ready: Ready) -> Iterator[str]:
    """The next phase of a new key of ``tags`` or ``exclusions``; a line after each step.

    Raises `Refused` while ``ready`` says what is to be waited for, `KeyFileError`, and `StackError`
    while another command changes the keys.
    """
    file, finders = SHARED[name]
    with changing(folder):
        held = {each: _keys(folder / each / file) for each in finders}
        used = _keys(folder / MAKER / file)
        coming = _unused(max(held.values(), key=len), used)
        new = coming or [_next(name, used)]
        if lacking := [each for each, keys in held.items() if new[0] not in keys]:
            for each in lacking:
                write_set(folder / each / file, [*_unused(new, held[each]), *held[each]])
                yield f"{new[0]['kid']}: {each} finds people with it"
            yield f"{new[0]['kid']}: not used by {MAKER} yet: run `tirek keys add {name}` again"
            return
        kid = str(coming[0]["kid"])
        if reason := ready(coming[0]):
            raise Refused(f"{kid} is not used yet: {reason}; run `tirek keys add {name}` again")
        write_set(folder / MAKER / file, [*coming, *used])
        yield f"{kid}: in use"


def _unused(keys: Sequence[Jwk], known: Sequence[Jwk]) -> list[Jwk]:
    return [key for key in keys if key not in known]


def _next(name: str, used: Sequence[Jwk]) -> Jwk:
    return new_secret(f"{name}.{max(generation(key['kid'])[1] for key in used) + 1}")


def unsettled(folder: Path, name: str) -> str | None:
    """Why a finder's running processes may not have a key yet: they look every second."""
    file, finders = SHARED[name]
    got = {each: (folder / each / file).stat().st_mtime for each in finders}
    last = max(finders, key=got.__getitem__)
    wait = got[last] + SETTLED - time.time()
    return f"{last} got it a moment ago: wait {wait:.0f} s" if wait > 0 else None


async def unheard(databases: Mapping[str, str], key: Jwk) -> str | None:
    """Who has not heard of everybody under this key of tags. Raises what asyncpg does.

    One tag of each member of staff is that of the id, so no name and no number is read.
    """
    tagger = Tagger((unb64(key["k"]),))
    staff_ids = [row["staff_id"] for row in await _asked(databases["notify"], PEOPLE)]
    tags = [tag for each in staff_ids for tag in tagger.staff(each)]
    for reader in READERS[StaffChanged]:
        [row] = await _asked(databases[reader], UNHEARD, staff_ids, tags)
        if row["count"]:
            return f"{reader} has not heard of {row['count']} of {len(staff_ids)} people under it"
    return None


async def _asked(dsn: str, query: str, *arguments: list[str]) -> list[asyncpg.Record]:
    async with as_system(dsn) as connection:
        return await connection.fetch(query, *arguments)


def _keys(path: Path) -> list[Jwk]:
    return read_jwks(path, needs=("kid", "k"))


def _here(path: Path) -> dict[str, Jwk]:
    return {key["kid"]: key for key in _keys(path)} if path.exists() else {}


def _number(entry: tuple[str, Jwk]) -> int:
    return generation(entry[0])[1]
