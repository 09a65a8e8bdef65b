"""The ledger in the play: simulated witnesses cosign it, a receipt is checked by one file, and an
oblast has its report of the month."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from deploy.demo.story.voices import Refused, Voices
from deploy.local.stack import ROOT, Stack
from deploy.simulators import witnesses
from services.audit.settings import AuditSettings
from services.audit.signing import Signing
from shared.clock import pause

POLICY = "witnesses.policy"
VERIFIER = ROOT / "services" / "audit" / "ledger" / "verify.py"
OBLAST = "41706"
"""Of which most of the samples are."""
EVERY = 2.0
CHECKPOINT_EVERY = "10"
"""Seconds; in life some minutes."""


def told(state: Path) -> dict[str, str]:
    """What audit and the simulators are told of it."""
    return {"TIREK_WITNESSES": str(state / POLICY), "TIREK_CHECKPOINT_EVERY": CHECKPOINT_EVERY}


def appoint(stack: Stack) -> None:
    """Names the witnesses, now that it is known where they are: audit reads it within seconds."""
    origin = AuditSettings.model_fields["ledger_origin"].default
    key = Signing.from_directory(stack.keys("audit"), origin).verifier
    text = witnesses.policy(key, stack.url("mail"))
    (stack.state / POLICY).write_text(text, encoding="utf-8")


async def follow(
    voices: Voices, offers: Callable[[], list[str]], show: Callable[[list[str]], None]
) -> None:
    """Shows what witnesses know of the ledger; once that the receipts of an offer hold, and what an
    oblast's report of the month says by then."""
    proven = month = ""
    while True:
        with suppress(httpx.HTTPError, Refused):  # a part that starts again; looked at again
            found = await voices.ask(voices.coordinator, "audit", "/ledger/witnesses")
            proven = proven or await _proven(voices, offers())
            month = month or (await _month(voices) if proven else "")
            show([*lines(found), *filter(None, (proven, month))])
        await pause(EVERY)


def lines(found: Mapping[str, Any]) -> list[str]:
    """Up to where enough of them have cosigned, who is silent, and what that is worth."""
    every = found["witnesses"]
    known = [each for each in every if (each["size"] or 0) >= found["covered"] > 0]
    said = f"Ledger: {found['covered']} events cosigned by {len(known)} of {len(every)} witnesses"
    mark = "" if all(each["independent"] for each in known) else " (simulated: NOT INDEPENDENT)"
    silent = ", ".join(each["name"] for each in every if not each["size"])
    return [f"{said}{mark}", *([f"Switched off, or not asked yet: {silent}"] if silent else [])]


def of_month(found: Mapping[str, Any]) -> str:
    """Of a report of a month, by what it is found again."""
    share = found["lines"]["her-acceptance"]["in_time"]
    in_time = f"{share['part']} of {share['whole']} in time"
    about = f"{found['month']}, {found['place']}, {found['standing']}"
    return f"{about}: {in_time}, version {found['version']}"


async def _month(voices: Voices) -> str:
    """Of the month that runs, which nobody has to wait for."""
    english, coordinator = {"Accept-Language": "en"}, voices.coordinator
    listed = await voices.ask(coordinator, "audit", "/figures/months")
    path = f"/figures/monthly?month={listed['months'][0]['month']}&area={OBLAST}"
    return of_month(await voices.ask(coordinator, "audit", path, **english))


async def _proven(voices: Voices, offers: list[str]) -> str:
    for offer in offers:
        with suppress(Refused):  # audit has not heard of it yet
            asked = await voices.ask(voices.coordinator, "audit", f"/receipts/{offer}")
            if all(each["proof"] for each in asked["receipts"]):
                return await _verified(voices.stack.state, asked["receipts"])
    return ""


async def _verified(state: Path, receipts: list[Mapping[str, Any]]) -> str:
    """Lays the receipts of an offer down as files and has them checked, as anybody could."""
    folder, proofs = state / "receipt", list[str]()
    folder.mkdir(exist_ok=True)
    for each in receipts:
        entry, proof = (folder / f"{each['index']}.{kind}" for kind in ("json", "tlog-proof"))
        entry.write_bytes(each["entry"].encode())
        proof.write_bytes(each["proof"].encode())
        proofs.append(str(proof))
    asked = (str(VERIFIER), "--policy", str(state / POLICY), *proofs)
    process = await asyncio.create_subprocess_exec(sys.executable, "-I", *asked, stdout=DEVNULL)
    verdict = "hold" if await process.wait() == 0 else "DO NOT HOLD"
    return f"{len(proofs)} receipts of an offer {verdict}: verify.py, offline, with keys alone"
