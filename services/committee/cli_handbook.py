"""Verbs ``tirek committee handbook``: links and files for committees, over the API."""

from base64 import b64encode
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from shared.cli import OUT, call, fail
from shared.ids import RandomIds

handbook = typer.Typer(help="Links and files for committees, by language.", no_args_is_help=True)

EntryId = Annotated[str, typer.Argument(help="As `handbook list` shows it.")]
Title = Annotated[str, typer.Option(help="What it is called there.")]
Language = Annotated[str, typer.Option(help="In which list: ky, ru or en.")]
Position = Annotated[int, typer.Option(help="Where in the list.")]
Again = Annotated[str | None, typer.Option("--id", help="Of one to put anew.")]


@handbook.command("list")
def list_entries(
    language: Annotated[str | None, typer.Option(help="This one alone.")] = None,
) -> None:
    """Show what there is, in its order."""
    wanted = {"language": language} if language else None
    for each in call("committee", "GET", "/handbook", params=wanted)["entries"]:
        what = each["url"] or f"{each['kind']}, {each['size']}"
        shown = f"{each['entry_id']}: {each['language']} {each['position']} {each['title']}"
        OUT.print(f"{shown}: {what}", markup=False, soft_wrap=True)


@handbook.command("link")
def put_link(
    url: Annotated[str, typer.Argument(help="Like https://example.org.")],
    *,
    title: Title,
    language: Language,
    position: Position = 1,
    entry_id: Again = None,
) -> None:
    """Put a link there, as administrator."""
    _put(entry_id, {"url": url, "title": title, "language": language, "position": position})


@handbook.command("file")
def put_file(
    file: Annotated[Path, typer.Argument(help="PDF, ODT or DOCX, 1 MB at most.")],
    *,
    title: Title,
    language: Language,
    position: Position = 1,
    entry_id: Again = None,
) -> None:
    """Put a file there, as administrator. What it is called here is not kept."""
    try:
        content = b64encode(file.read_bytes()).decode()
    except OSError as problem:
        raise fail(f"{file}: {problem.strerror}") from None
    _put(entry_id, {"file": content, "title": title, "language": language, "position": position})


@handbook.command("save")
def save_file(
    entry_id: EntryId, file: Annotated[Path, typer.Argument(help="Where to; must not be there.")]
) -> None:
    """Save a file of the handbook here."""
    content = call("committee", "GET", f"{path(entry_id)}/file")
    try:
        with file.open("xb") as into:
            into.write(content)
    except OSError as problem:
        raise fail(f"{file}: {problem.strerror}") from None


@handbook.command("drop")
def drop(entry_id: EntryId) -> None:
    """Take something out, as administrator."""
    call("committee", "DELETE", path(entry_id))


def path(entry_id: str) -> str:
    """The address of an entry."""
    return f"/handbook/{quote(entry_id, safe='')}"


def _put(entry_id: str | None, body: dict[str, Any]) -> None:
    made = call("committee", "PUT", path(entry_id or RandomIds().new()), body=body)
    OUT.print(made["entry_id"], markup=False, soft_wrap=True)
