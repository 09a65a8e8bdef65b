"""Verbs ``tirek ledger`` and ``tirek audit``: the ledger and what was found in it, over the API."""

from pathlib import Path
from typing import Annotated, Any

import typer

from services.audit.cli_figures import figures
from shared.cli import OUT, call, fail, moment, offer_path, pages, say

ledger = typer.Typer(help="The ledger of all events.", no_args_is_help=True)
audit = typer.Typer(
    help="What was found in what services say, and figures of response.", no_args_is_help=True
)
audit.command("figures")(figures)


@ledger.command("status")
def ledger_status() -> None:
    """Show how large the ledger is, what is signed of it, and how far each service was heard."""
    found = call("audit", "GET", "/ledger/status")
    OUT.print(f"{found['origin']}: {found['size']} {found['root']}", markup=False, soft_wrap=True)
    if found["signed_at"] is not None:
        signed = f"{say('signed')}: {found['signed_size']} ({moment(found['signed_at'])})"
        OUT.print(signed, markup=False)
    for each in found["producers"]:
        numbers = f"{each['first'] or '?'}–{each['newest']}"
        OUT.print(f"{each['producer']}: {numbers} {moment(each['newest_at'])}", markup=False)
    for each in found["outages"]:
        since, until = moment(each["since"]), moment(each["until"])
        OUT.print(f"{each['producer']}: {say('silent')} {since} – {until}", markup=False)
    _witnesses(call("audit", "GET", "/ledger/witnesses"))
    count = sum(found["findings"].values())
    OUT.print(f"{say('findings')}: {count}", markup=False)


def _witnesses(found: Any) -> None:
    OUT.print(f"{say('key')}: {found['key']}", markup=False, soft_wrap=True)
    asked = found["quorum"] if found["witnesses"] else say("none")
    line = f"{say('witnesses')}: {asked}; {say('known to enough of them')}: {found['covered']}"
    OUT.print(line, markup=False, soft_wrap=True)
    for each in found["witnesses"]:
        seen = f"{each['size']} ({moment(each['cosigned_at'])})" if each["size"] else say("nothing")
        mark = "" if each["independent"] else f"  {say('not independent')}"
        OUT.print(f"{each['name']}: {say('cosigned')}: {seen}{mark}", markup=False, soft_wrap=True)


@ledger.command("checkpoint")
def ledger_checkpoint(
    out: Annotated[Path | None, typer.Option(help="A file for it, as for a stick.")] = None,
    old: Annotated[
        int | None,
        typer.Option(min=0, help="How many leaves a witness knows: then with the proof for it."),
    ] = None,
) -> None:
    """Print the newest checkpoint, as it was signed: to read out, to send, to put into minutes.

    With --old it is what a witness is asked over HTTP (C2SP tlog-witness, add-checkpoint).
    """
    path = "/ledger/checkpoint" if old is None else f"/ledger/question?old={old}"
    text = call("audit", "GET", path)
    if out is None:
        OUT.print(text, markup=False, soft_wrap=True, end="")
        return
    _write(out, text)


@ledger.command("cosigned")
def ledger_cosigned(
    file: Annotated[Path, typer.Argument(help="A checkpoint and what witnesses added to it.")],
) -> None:
    """Keep the cosignatures of a checkpoint that came back from witnesses, as on a stick.

    Status 1, and nothing is kept, unless it is a checkpoint of this ledger and each cosignature is
    that of a witness whom the policy names.
    """
    try:
        note = file.read_bytes().decode()
    except OSError as problem:
        raise fail(f"{file}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise fail(f"{file}: {say('this is no signed checkpoint, or it is cut short')}") from None
    kept = call("audit", "POST", "/ledger/cosignatures", body={"note": note})
    OUT.print(f"{say('cosigned')}: {', '.join(kept['witnesses'])}", markup=False)


@ledger.command("receipt")
def ledger_receipt(
    offer: Annotated[str, typer.Argument(help="The offer's id.")],
    out: Annotated[Path, typer.Option(help="The folder for the files.")] = Path(),
) -> None:
    """Write what the ledger holds of an offer, for whoever doubts it: each entry as NUMBER.json,
    and beside it NUMBER.tlog-proof, which verify.py checks offline.

    Status 1 if an entry has no proof yet: witnesses have not cosigned it.
    """
    found = call("audit", "GET", offer_path(offer).replace("/offers/", "/receipts/"))["receipts"]
    for each in found:
        files = {f"{each['index']}.json": each["entry"]}
        if each["proof"] is not None:
            files[f"{each['index']}.tlog-proof"] = each["proof"]
        for name, text in files.items():
            _write(out / name, text)
        OUT.print(f"{', '.join(files)}: {each['type']}", markup=False, soft_wrap=True)
    if any(each["proof"] is None for each in found):
        raise fail(say("not all of it is cosigned by enough witnesses yet"))


def _write(file: Path, text: str) -> None:
    try:
        file.write_bytes(text.encode())
    except OSError as problem:
        raise fail(f"{file}: {problem.strerror}") from None


@audit.command("findings")
def audit_findings(
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
) -> None:
    """Show what does not fit in what services say, the newest first."""
    shown = 0
    for page in pages("audit", "/findings", {"limit": str(min(limit, 200))}):
        for each in page["findings"][: limit - shown]:
            numbers = f"{each['first']}–{each['last']}"
            line = f"{moment(each['found_at'])}  {each['producer']} {numbers}: {each['sentence']}"
            OUT.print(line, markup=False, soft_wrap=True)
            shown += 1
        if shown >= limit:
            return


@audit.command("rebuild")
def audit_rebuild() -> None:
    """Make all facts of response anew from what was said, and set right those that were changed."""
    looked, different, behind = 0, 0, ""
    while behind is not None:
        found = call("audit", "POST", "/facts/rebuild", params={"behind": behind})
        for each in found["different"]:
            OUT.print(f"{say('changed')}: {each}", markup=False, soft_wrap=True)
        looked, different = looked + found["looked"], different + len(found["different"])
        behind = found["last"]
    OUT.print(f"{say('rebuilt')}: {looked}, {say('changed')}: {different}", markup=False)
    if different:
        raise typer.Exit(1)
