"""``tirek jurisdiction check``: whether files are right, before they count."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from services.audit.witnesses.policies import FILE, read_policy
from services.notify.codes.parse import Lexicon
from services.referral.directory.file import read_directory
from shared.cli import OUT, country, fail
from shared.jurisdiction import Jurisdiction, load_jurisdiction
from shared.jurisdiction.config_files import BadFile
from shared.jurisdiction.live import lost

jurisdiction = typer.Typer(no_args_is_help=True, help="The country as data: its folder of files.")


@jurisdiction.callback()
def group() -> None:
    """The country as data: its folder of files."""


@jurisdiction.command()
def check(
    folder: Annotated[Path, typer.Argument(help="The files to be checked.")],
    policies: Annotated[
        Path | None, typer.Option(help="Policies that stand elsewhere, as TIREK_POLICIES does.")
    ] = None,
    directory: Annotated[
        Path | None, typer.Option(help="A directory of organisations, checked with them.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="The files that count now. Left out: those of TIREK_JURISDICTION."),
    ] = None,
) -> None:
    """Check files before they are put in place, where each process reads them within seconds.

    Status 1, with the file, the field and the line, if they would be refused: then the last good
    ones would stay. Nothing is changed.
    """
    try:
        found = load_jurisdiction(folder, policies)
        Lexicon.of(found.texts.answers, found.texts.doubts)
        read_policy(folder / FILE)
        listed = read_directory(directory, found) if directory else None
        before = load_jurisdiction(against or country())
    except (BadFile, ValueError) as problem:
        raise fail(str(problem)) from None
    other = found.profile.id != before.profile.id
    for file, what in () if other else lost(before, found):
        raise fail(f"{folder / file}: {what}: running services refuse that")
    for line in _described(found):
        OUT.print(line, soft_wrap=True, markup=False)
    if listed is not None:
        OUT.print(f"{len(listed.organisations)} organisations, {len(listed.services)} services")
    for line in _remarks(before, found):
        OUT.print(line, soft_wrap=True, markup=False)


def _described(found: Jurisdiction) -> Iterator[str]:
    profile, holidays = found.profile, found.holidays
    yield (
        f"{profile.id}: policies {found.policies.version}, risk {found.checklist.version}, "
        f"holidays {holidays.version} (known until {holidays.known_until})"
    )
    yield (
        f"{len(found.territories.listed)} places, {len(found.service_types)} service types, "
        f"languages {', '.join(profile.languages)}"
    )


def _remarks(before: Jurisdiction, found: Jurisdiction) -> Iterator[str]:
    """What is right, and may not be meant.

    A case names the version of its figures: two of one name cannot be told apart later.
    """
    if found.profile.id != before.profile.id:
        yield f"another country than {before.profile.id}: services that run for that one refuse it"
        return
    for file, was, now in (
        ("policies.yaml", before.policies, found.policies),
        ("risk.yaml", before.checklist, found.checklist),
        ("holidays.yaml", before.holidays, found.holidays),
    ):
        if was != now and was.version == now.version:
            yield f"{file}: changed, and its version is still {now.version}: raise it"
