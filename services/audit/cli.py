"""Verbs ``tirek ledger`` and ``tirek audit``: the ledger and what was found in it, over the API."""

from pathlib import Path
from typing import Annotated, Any

import typer

from services.audit.cli_export import export
from services.audit.cli_figures import figures
from services.audit.cli_monthly import monthly
from services.audit.cli_receipts import else_ask, policy, receipt
from services.audit.cli_seen import views
from services.audit.files import write_new
from services.audit.ledger import verify
from shared.cli import OUT, call, fail, moment, pages, say

ledger = typer.Typer(help="The ledger of all events.", no_args_is_help=True)
audit = typer.Typer(
    help="What was found in what services say, figures of response, and who looked at what.",
    no_args_is_help=True,
)
ledger.command("export")(export)
ledger.command("receipt")(receipt)
ledger.command("policy")(policy)
audit.command("figures")(figures)
audit.command("monthly")(monthly)
audit.command("views")(views)


@ledger.command("status")
def ledger_status() -> None:
    """Show how large the ledger is, what is signed of it, and how far each service was heard.

    For coordinators, auditors and administrators.
    """
    with else_ask(
        say("the ledger is shown to coordinators, auditors and administrators: ask one of them")
    ):
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
    for each in found["restores"]:
        was = f"{say('restored')}: {moment(each['restored_at'])}"
        then = f"{say('backup')}: {moment(each['backup_at'])}"
        goes_on = f"{say('goes on from number')}: {each['goes_on_from']}"
        line = f"{each['producer']}: {was}; {then}; {goes_on}"
        OUT.print(line, markup=False, soft_wrap=True)
    for each in found["origins"]:
        named = f"{say('goes on as')} {each['origin']} ({moment(each['begun_at'])})"
        line = f"{say('forked at')}: {each['parted_at']}; {named}"
        OUT.print(line, markup=False, soft_wrap=True)
    if found["behind"]:
        behind = say("behind its witnesses, and asking for what it lacks")
        OUT.print(f"{behind}: {found['size']}/{found['behind']}", markup=False, soft_wrap=True)
    _witnesses(call("audit", "GET", "/ledger/witnesses"))
    count = sum(found["findings"].values())
    OUT.print(f"{say('findings')}: {count}", markup=False)


def _witnesses(found: Any) -> None:
    OUT.print(f"{say('key')}: {found['key']}", markup=False, soft_wrap=True)
    least, _, names = found["quorum"].partition(" of ")
    asked = say(f"it takes {least} of {names}") if names else say("none")
    line = f"{say('witnesses')}: {asked}; {say('known to enough of them')}: {found['covered']}"
    OUT.print(line, markup=False, soft_wrap=True)
    for each in found["witnesses"]:
        seen = f"{each['size']} ({moment(each['cosigned_at'])})" if each["size"] else say("nothing")
        mark = "" if each["independent"] else f"  {say('not independent')}"
        OUT.print(f"{each['name']}: {say('cosigned')}: {seen}{mark}", markup=False, soft_wrap=True)


@ledger.command("checkpoint")
def ledger_checkpoint(
    out: Annotated[Path | None, typer.Option(help="A new file for it, as for a stick.")] = None,
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
    write_new(out, text)


@ledger.command("verify")
def ledger_verify(
    files: Annotated[
        list[Path], typer.Argument(help="Checkpoints, receipts, folders of them, exports.")
    ],
    key: Annotated[
        list[str] | None, typer.Option(help="A key of the ledger, from somebody you trust.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Who must have cosigned (C2SP tlog-policy).")
    ] = None,
) -> None:
    """Verify what a ledger said, offline: checkpoints, receipts, and exports, each with each.

    Status 1 if something does not hold, 2 if something cannot be read. Whoever does not trust this
    command takes verify.py, the file that does it, which needs Python and nothing else.
    """
    given = [f"--key={each}" for each in key or ()] + ([f"--policy={policy}"] if policy else [])
    raise typer.Exit(verify.main([*given, "--", *map(str, files)], say))


@ledger.command("cosigned")
def ledger_cosigned(
    file: Annotated[Path, typer.Argument(help="A checkpoint and what witnesses added to it.")],
) -> None:
    """Keep the cosignatures of a checkpoint that came back from witnesses, as on a stick.

    Ends of lines, "> " and blank lines around it, as mail makes them, do no harm. Status 1, and
    nothing is kept, unless it is a checkpoint of this ledger, at least one witness whom the policy
    names has cosigned it, and each line of theirs holds. Other lines are named and left out. Where
    the ledger's own key has signed another tree, that is kept: the ledger was forked.
    """
    try:
        note = file.read_bytes().decode()
    except OSError as problem:
        raise fail(f"{file}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise fail(f"{file}: {say('this is no signed checkpoint, or it is cut short')}") from None
    kept = call("audit", "POST", "/ledger/cosignatures", body={"note": note})
    OUT.print(f"{say('cosigned')}: {', '.join(kept['witnesses'])}", markup=False)
    if kept["ignored"]:
        left_out = f"{say('not in the policy, and left out')}: {', '.join(kept['ignored'])}"
        OUT.print(left_out, markup=False, soft_wrap=True)
    if kept["origin"]:
        raise fail(f"{say('The ledger was forked: it goes on under a new name')}: {kept['origin']}")


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
    if not shown:
        OUT.print(say("nothing found"))


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
