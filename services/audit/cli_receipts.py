"""Verbs ``tirek ledger receipt`` and ``policy``: what is handed to whoever doubts an entry."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import typer

from services.audit.files import placed, write, write_new
from services.audit.words_receipts import WHAT, WORDS
from shared.cli import OUT, Refused, call, fail, moment, say
from shared.pasted import as_seen

FORBIDDEN = 403


def receipt(
    about: Annotated[
        str, typer.Argument(help="A public id, as `tirek find` takes it; or an offer's or need's.")
    ],
    out: Annotated[Path, typer.Option(help="The folder for the files; it is made.")] = Path(),
) -> None:
    """Write what the ledger holds of an offer, or of a need and all its offers, for whoever doubts
    it. For coordinators and auditors: whoever else needs a receipt asks them.

    Each entry is NUMBER.json, with NUMBER.tlog-proof, which verify.py checks offline, and
    NUMBER.txt, which says in words what that proves. Nobody is named in them.

    Status 1 if an entry has no proof yet: witnesses have not cosigned it.
    """
    found = [each for one in _ids(about) for each in _asked("audit", f"/receipts/{one}")]
    for each in found:
        files = {"json": each["entry"], "tlog-proof": each["proof"], "txt": _text(each)}
        for kind, text in files.items():
            if text is not None:
                write(placed(out / f"{each['index']}.{kind}"), text)
        line = f"{each['index']}: {_said(each)}, {moment(each['said_at'])}; {_existed(each)}"
        OUT.print(line, markup=False, soft_wrap=True)
    if any(each["proof"] is None for each in found):
        raise fail(say("not all of it is cosigned by enough witnesses yet"))


def policy(
    out: Annotated[Path | None, typer.Option(help="A new file for it.")] = None,
) -> None:
    """Print the keys of the ledger and of its witnesses, and how many of whom are enough: what
    whoever checks a receipt needs (C2SP tlog-policy). Compare the keys with the witnesses' own.
    """
    text = call("audit", "GET", "/ledger/policy")
    if out is None:
        OUT.print(text, markup=False, soft_wrap=True, end="")
        return
    write_new(out, text)


def _ids(about: str) -> list[str]:
    """The need or the offers that are meant: a public id is looked up as `tirek find` does."""
    try:
        return [str(UUID(as_seen(about)))]
    except ValueError:
        pass
    found = _asked("referral", f"/cases/{quote(about, safe='')}")
    if found["service_request"]:
        return [found["service_request"]["service_request_id"]]
    return [each["offer_id"] for each in (*found["offers"], *found["progress"])]


def _asked(service: str, path: str) -> Any:
    """What is there; whom to ask instead, if the caller may not."""
    if service == "audit":
        with else_ask(say("receipts are for coordinators and auditors: ask one of them for it")):
            return call(service, "GET", path)["receipts"]
    with else_ask(
        say("a public id is for coordinators: `tirek audit views` shows auditors the ids")
    ):
        return call(service, "GET", path)


@contextmanager
def else_ask(whom: str) -> Iterator[None]:
    """Says whom to ask, if the caller may not."""
    try:
        yield
    except Refused as refusal:
        if refusal.status == FORBIDDEN:
            raise fail(whom) from None
        raise


def _said(each: Any) -> str:
    """``the offer: accepted``."""
    if each["what"] is None:
        return say("its words are not as audit wrote them: see the findings")
    what = say(WHAT[each["what"]])
    word = WORDS.get(each["word"], each["word"])
    return f"{what}: {say(word)}" if word else what


def _existed(each: Any) -> str:
    """No later than when it was there, and by whose clocks."""
    if each["existed_by"] is None:
        return say("not cosigned by enough witnesses yet: it proves nothing so far")
    by = f"{say('existed no later than')} {moment(each['existed_by'])}"
    return f"{by}, {say('by the clocks of')}: {', '.join(each['clocks'])}"


def _text(each: Any) -> str:
    """What is handed on with an entry, in words."""
    return "".join(f"{line}\n" for line in _lines(each))


def _lines(each: Any) -> Iterator[str]:
    yield say("Receipt of an entry in the ledger")
    yield ""
    yield f"{say('number')}: {each['index']}"
    yield f"{say('what was said')}: {_said(each)}"
    yield f"{say('kind of event')}: {each['type']}"
    for name, about in (("need", each["service_request_id"]), ("offer", each["offer_id"])):
        if about:
            yield f"{say(name)}: {about}"
    yield f"{say('said by the service')}: {each['said_by']}, {moment(each['said_at'])}"
    yield _existed(each)
    yield ""
    yield say(
        "The proof is of the entry: kind, ids, time and a digest of the content. It shows that "
        "this was said by then and not changed since; not that it is true."
    )
    yield say(
        "What was said, and of which offer, is told by Tirek's records: whoever has the event "
        "itself can hold it against the digest."
    )
    yield say("How to check, without us:")
    yield f"  python3 verify.py --policy POLICY {each['index']}.tlog-proof"
    yield say(
        "verify.py needs Python alone. POLICY has the keys of the ledger and its witnesses: get it "
        "from `tirek ledger policy`, and compare it with what the witnesses themselves say."
    )
