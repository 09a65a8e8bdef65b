"""``tirek ledger`` by file: what leaves on a stick, what comes back, and what it ends with."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.audit import cli, cli_export, cli_receipts
from services.audit.bodies import NOTE
from services.audit.ledger.export import bundle_path, tile_path
from services.audit.ledger.tiles import TileId
from shared.cli import Refused
from tests.support.exported import LOG, checkpoint, export

OFFER = "0f2c6d3e-5a4b-4c7d-8e9f-0a1b2c3d4e5f"
WITNESS = {
    "name": "ngo",
    "independent": False,
    "size": 257,
    "cosigned_at": "2026-11-30T09:15:00Z",
}
STATUS = {
    "origin": "kezek.example/ledger",
    "size": 300,
    "root": "r",
    "signed_at": None,
    "producers": [],
    "outages": [],
    "behind": 420,
    "origins": [
        {"origin": "kezek.example/ledger/2", "parted_at": 98, "begun_at": "2026-11-30T03:00:00Z"}
    ],
    "restores": [
        {
            "producer": "notify",
            "restored_at": "2026-11-30T02:00:00Z",
            "backup_at": "2026-11-29T20:00:00Z",
            "goes_on_from": 4711,
        }
    ],
    "findings": {},
}
PROVEN = {
    "index": 3,
    "type": "tirek.offer.changed.v1",
    "entry": "{}",
    "proof": "proof\n",
    "service_request_id": "0f2c6d3e-0000-4c7d-8e9f-0a1b2c3d4e5f",
    "offer_id": OFFER,
    "said_by": "referral",
    "said_at": "2026-11-30T09:14:00Z",
    "what": "moved",
    "word": "accepted",
    "existed_by": "2026-11-30T09:15:00Z",
    "clocks": ["ngo", "press"],
}
EARLY = PROVEN | {"index": 9, "what": "asked", "word": None, "proof": None, "existed_by": None}
ANSWERS: dict[str, Any] = {
    "/ledger/status": STATUS,
    "/ledger/witnesses": {
        "key": "kezek.example/ledger+1+k",
        "quorum": "2 of ngo, press",
        "covered": 0,
        "witnesses": [WITNESS, WITNESS | {"name": "press", "independent": True, "size": None}],
    },
    "/ledger/checkpoint": NOTE,
    "/ledger/question?old=5": f"old 5\n\n{NOTE}",
    "/ledger/cosignatures": {"witnesses": ["ngo"], "ignored": ["x"], "origin": None},
    "/ledger/policy": "quorum none\n",
    f"/receipts/{OFFER}": {"receipts": [PROVEN, EARLY]},
    "/cases/ABC234": {"service_request": {"service_request_id": OFFER}, "offers": []},
}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the service is asked, whose answers stand above."""
    asked: list[Any] = []

    def call(_service: str, method: str, path: str, body: Any = None) -> Any:
        asked.append((method, path, body))
        if path not in ANSWERS:
            raise Refused("no", 403)
        return ANSWERS[path]

    monkeypatch.setattr(cli, "call", call)
    monkeypatch.setattr(cli_receipts, "call", call)
    return asked


def run(*words: str, language: str = "en") -> tuple[int, str]:
    """Exit code and output."""
    result = CliRunner().invoke(cli.ledger, list(words), env={"TIREK_LANG": language})
    return result.exit_code, result.output


def test_a_checkpoint_leaves_as_it_was_signed(said: list[Any], tmp_path: Path) -> None:
    """To the octet, alone or with the proof that a witness needs; a folder that is not there is a
    clear end, and so is a file that is."""
    file, question = tmp_path / "stick", tmp_path / "question"
    assert run("checkpoint", "--out", str(file))[0] == 0
    assert run("checkpoint", "--old", "5", "--out", str(question))[0] == 0
    assert question.read_bytes() == f"old 5\n\n{NOTE}".encode()
    code, text = run("policy", "--out", str(file))
    assert (code, "is there already: nothing was written" in text) == (1, True)
    assert file.read_bytes() == NOTE.encode()
    assert run("checkpoint", "--out", str(tmp_path / "none" / "x"))[0] == 1
    assert [path for _, path, _ in said][:1] == ["/ledger/checkpoint"]


def test_what_comes_back_is_handed_over_as_it_is(said: list[Any], tmp_path: Path) -> None:
    """What is no text is refused before anybody is asked."""
    file = tmp_path / "stick"
    file.write_bytes(NOTE.encode())
    assert run("cosigned", str(file)) == (0, "cosigned: ngo\nnot in the policy, and left out: x\n")
    assert said == [("POST", "/ledger/cosignatures", {"note": NOTE})]
    file.write_bytes(b"\xff\xfe")
    assert run("cosigned", str(file))[0] == run("cosigned", str(tmp_path / "none"))[0] == 1
    assert len(said) == 1


@pytest.mark.usefixtures("said")
def test_receipts_are_files_that_say_what_they_prove(tmp_path: Path) -> None:
    """Entry, proof and words, under names that verify.py knows, in a folder that is made; one that
    has no proof yet ends with 1."""
    folder = tmp_path / "new" / "er"
    code, said = run("receipt", OFFER, "--out", str(folder))
    assert code == 1
    assert "3: the offer: accepted, 30.11.2026 15:14 Asia/Bishkek; existed no later than" in said
    files = {each.name: each.read_text() for each in folder.iterdir()}
    words = files.pop("3.txt"), files.pop("9.txt")
    assert files == {"3.json": "{}", "3.tlog-proof": "proof\n", "9.json": "{}"}
    for each in ("the offer: accepted", OFFER, "15:15 Asia/Bishkek, by the clocks of: ngo, press"):
        assert each in words[0]
    assert "it proves nothing so far" in words[1]


def test_a_receipt_is_found_by_the_code_that_people_see(
    said: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `tirek find` looks it up; whoever may not is told whom to ask."""
    run("receipt", "ABC234", "--out", str(tmp_path))
    assert [path for _, path, _ in said] == ["/cases/ABC234", f"/receipts/{OFFER}"]
    assert "ask one of them" in run("receipt", OFFER.replace("0", "1"))[1]
    assert "for coordinators: `tirek audit views`" in run("receipt", "XYZ789")[1]
    monkeypatch.delitem(ANSWERS, "/ledger/status")
    assert "shown to coordinators, auditors and administrators" in run("status")[1]


def test_an_export_is_gone_on_from_and_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is what the service serves there; what is there is not fetched again; what was
    altered meanwhile ends with 1, and a folder that is none with 2."""
    served, asked = export(tmp_path / "served", 300), []

    def call(_service: str, _method: str, path: str) -> bytes | str:
        asked.append(path)
        octets = (served / path.removeprefix("/ledger/")).read_bytes()
        return octets.decode() if path == "/ledger/checkpoint" else octets

    monkeypatch.setattr(cli_export, "call", call)
    folder, key = tmp_path / "stick" / "ledger", f"--key={LOG.verifier}"
    assert run("export", str(folder)) == (0, "exported: 300\n")
    assert run("verify", key, str(folder))[0] == 0
    files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert files == {path.relative_to(served) for path in served.rglob("*") if path.is_file()}
    export(served, 600)
    asked.clear()
    assert run("export", str(folder)) == (0, "exported: 600\n")
    grown = [bundle_path(number, 600) for number in (1, 2)]
    grown += [tile_path(TileId(*each), 600) for each in ((0, 1), (0, 2), (1, 0))]
    assert sorted(asked) == sorted(f"/ledger/{each}" for each in ("checkpoint", *grown))
    assert run("verify", key, str(folder))[0] == 0
    first = folder / bundle_path(0, 600)
    first.write_bytes(first.read_bytes().replace(b'"answer":7}', b'"answer":8}'))
    assert run("verify", key, str(folder))[0] == 1
    assert run("verify", key, str(tmp_path / "none"))[0] == run("verify", str(folder))[0] == 2
    code, text = run("verify", key, str(folder), str(served), language="ru")
    assert not re.search("entries|holds|cosigned|VERIFY|ok:", text), text
    code, text = run("export", str(folder))
    assert (code, "damaged, or another ledger's" in text) == (1, True)


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (b"my notes", "is no checkpoint of an export, or damaged: nothing was written"),
        (NOTE.encode(), "holds an export of another ledger: nothing was written"),
        (bytes(checkpoint(257, head=bytes(32))), "the ledger does not begin with the checkpoint"),
    ],
)
def test_an_export_writes_over_no_checkpoint_that_is_not_its_own(
    there: bytes, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another ledger, of a fork of this one, or of nothing."""
    served, folder = export(tmp_path / "served", 300), tmp_path / "export"

    def call(_service: str, _method: str, path: str) -> bytes | str:
        octets = (served / path.removeprefix("/ledger/")).read_bytes()
        return octets.decode() if path == "/ledger/checkpoint" else octets

    monkeypatch.setattr(cli_export, "call", call)
    folder.mkdir()
    (folder / "checkpoint").write_bytes(there)
    code, text = run("export", str(folder))
    assert (code, words in text) == (1, True)
    assert (folder / "checkpoint").read_bytes() == there


@pytest.mark.usefixtures("said")
def test_status_says_who_has_cosigned_and_who_is_not_independent() -> None:
    """With the key by which anybody checks."""
    code, text = run("status")
    assert code == 0
    assert "kezek.example/ledger+1+k" in text
    assert "it takes 2 of ngo, press" in text
    assert "notify: restored: " in text
    assert "goes on from number: 4711" in text
    assert "forked at: 98; goes on as kezek.example/ledger/2" in text
    assert "asking for what it lacks: 300/420" in text
    mine, other = (line for line in text.splitlines() if "cosigned:" in line)
    assert "257" in mine
    assert mine.endswith("not independent")
    assert other == "press: cosigned: nothing"
