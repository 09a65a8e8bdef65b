"""Verbs ``tirek ledger`` and ``tirek audit``: the ledger and what was found in it, over the API."""

from typing import Annotated

import typer

from shared.cli import OUT, call, moment, pages, say

ledger = typer.Typer(help="The ledger of all events.", no_args_is_help=True)
audit = typer.Typer(help="What was found in what services say.", no_args_is_help=True)


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
    count = sum(found["findings"].values())
    OUT.print(f"{say('findings')}: {count}", markup=False)


@ledger.command("checkpoint")
def ledger_checkpoint() -> None:
    """Print the newest checkpoint, as it was signed: to read out, to send, to put into minutes."""
    OUT.print(call("audit", "GET", "/ledger/checkpoint"), markup=False, soft_wrap=True, end="")


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
