"""Live files: what a process decides by, read again whenever somebody has changed them.

Files that cannot be right change nothing: the last good ones stay, because a slip of the pen must
not leave a country without providers, and the health page, a metric and the log say which file is
refused and why.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog

from shared import metrics
from shared.clock import pause
from shared.jurisdiction import Jurisdiction, load_jurisdiction
from shared.jurisdiction.config_files import BadFile

T = TypeVar("T")
EVERY = 2.0
"""Seconds between two looks at the files."""


class Live(Generic[T]):
    """``current`` is what the files said when they were last right; ``refused`` says what of them
    is not right now, in one line, or is empty.

    Reading them the first time raises `BadFile`: nothing starts on what cannot be right.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], object],
        read: Callable[[T | None], T],
        revision: Callable[[T], str],
    ) -> None:
        """``name`` is a code, for metrics and logs. ``look`` answers what is another as soon as a
        file is; ``read`` is given what there was and may raise `BadFile`; ``revision`` names it.
        """
        self.name = name
        self.refused = ""
        self._look, self._read, self._revision = look, read, revision
        self._reading = asyncio.Lock()
        self._seen = look()
        self.current = read(None)
        metrics.FILES_REFUSED.labels(name).set(0)

    async def refresh(self) -> bool:
        """Reads the files again if one was changed, beside the event loop.

        Returns whether ``current`` is what they say now.
        """
        async with self._reading:  # else whoever asks meanwhile takes the old one for the new
            seen = self._look()
            if seen != self._seen:
                await self._again(seen)
            return not self.refused and self._seen == seen

    async def _again(self, seen: object) -> None:
        log = structlog.get_logger()
        try:
            found = await asyncio.to_thread(self._read, self.current)
        except Exception as problem:
            known = isinstance(problem, BadFile)
            self.refused = str(problem) if known else f"cannot be read: {type(problem).__name__}"
            log.error(f"{self.name}.refused", reason=self.refused, exc_info=problem)  # noqa: TRY400 - exc_info is given
        else:
            if self._look() != seen:
                return  # still being saved: the next look reads it whole
            self.current, self.refused = found, ""
            log.info(f"{self.name}.changed", revision=self._revision(found))
        self._seen = seen
        metrics.FILES_REFUSED.labels(self.name).set(bool(self.refused))


class LiveJurisdiction(Live[Jurisdiction]):
    """The jurisdiction as its folder has it now; ``policies`` may stand elsewhere.

    While a process runs, no code may go that cases may have: `lost`.
    """

    def __init__(
        self,
        folder: Path,
        policies: Path | None = None,
        check: Callable[[Jurisdiction], object] = lambda _: None,
    ) -> None:
        """``check`` may raise `ValueError` for what the service at hand cannot work with."""

        def read(before: Jurisdiction | None) -> Jurisdiction:
            found = load_jurisdiction(folder, policies)
            try:
                check(found)
            except ValueError as problem:
                raise BadFile(folder, str(problem)) from problem
            if before is not None:
                for file, what in lost(before, found):
                    raise BadFile(folder / file, f"{what}: stop the services to take it away")
            return found

        def files() -> Iterator[Path]:
            yield from folder.rglob("*")
            if policies is not None:
                yield policies

        super().__init__("jurisdiction", lambda: stamps(files()), read, _versions)


def lost(before: Jurisdiction, after: Jurisdiction) -> Iterator[tuple[str, str]]:
    """What cases, staff or rosters may name and ``after`` has no more: the file, and a line."""
    one, other = before.profile, after.profile
    if (one.id, one.territory, one.timezone) != (other.id, other.territory, other.timezone):
        yield "jurisdiction.yaml", "id, timezone or territory are another country's"
    for file, what, was, now in (
        ("territories.csv", "soate", before.territories.listed, after.territories.listed),
        ("service_types.yaml", "service_types", before.service_types, after.service_types),
        ("service_types.yaml", "organisation_kinds", before.kinds, after.kinds),
        ("jurisdiction.yaml", "languages", one.languages, other.languages),
        ("jurisdiction.yaml", "grounds", one.grounds, other.grounds),
        ("jurisdiction.yaml", "bodies", one.bodies, other.bodies),
    ):
        if gone := sorted(set(was) - set(now)):
            yield file, f"{what}: {', '.join(gone)} no more"


def stamps(paths: Iterable[Path]) -> object:
    """Another as soon as one of these files is saved, moved, made or removed."""
    found = []
    try:
        listed = sorted(paths)
    except OSError:  # a folder that is just being moved
        listed = []
    for path in listed:
        try:
            seen = path.stat()
        except OSError:
            continue
        found.append((path, seen.st_mtime_ns, seen.st_size, seen.st_ino))
    return tuple(found)


async def keep_up(*files: Live[Any]) -> None:
    """Looks at the files of a process for ever, so that a change counts within seconds."""
    while True:
        for each in files:
            await each.refresh()
        await pause(EVERY)


def _versions(country: Jurisdiction) -> str:
    return f"{country.policies.version} {country.checklist.version} {country.holidays.version}"
