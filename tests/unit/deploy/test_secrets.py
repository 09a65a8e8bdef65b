"""Passwords and keys: made once, readable by nobody else, each service its own and no more."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.provision import secrets
from deploy.provision.bus_rules import USERS
from deploy.topology import ROLES, SERVICES
from shared.security.sealing import CannotOpen, Sealer
from shared.security.tokens import Caller, CallProof, Signer, Ticket, Verifier

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with everything made."""
    secrets.passwords(tmp_path)
    secrets.key_files(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[Path, str]:
    """Every file with its text."""
    return {path: path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_nobody_else_can_read_them(folder: Path) -> None:
    """Files 0600 and folders 0700, whatever the umask."""
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


def test_a_second_start_changes_nothing(folder: Path) -> None:
    """Data sealed and connections made yesterday still open today."""
    before = contents(folder)
    secrets.passwords(folder)
    secrets.key_files(folder)
    assert contents(folder) == before


def test_every_role_has_a_password_of_its_own(folder: Path) -> None:
    """The superuser too, and whoever the bus lets in."""
    passwords = secrets.passwords(folder)
    assert set(secrets.on_the_bus(passwords)) == set(USERS)
    assert {"postgres", *ROLES} <= set(passwords)
    assert len(set(passwords.values())) == len(passwords)


def test_what_one_service_seals_for_another_that_one_opens(folder: Path) -> None:
    """The key files fit together, and the third service cannot open it."""
    intake, referral, notify = (
        Sealer.from_directory(name, folder / name) for name in ("intake", "referral", "notify")
    )
    sealed = intake.seal(b"excluded people", ["notify"])
    assert notify.open(sealed, by="intake") == b"excluded people"
    with pytest.raises(CannotOpen):
        referral.open(sealed, by="intake")


def test_tokens_of_the_console_tickets_and_call_proofs_are_believed(folder: Path) -> None:
    """Every service believes the console, intake referral's tickets and notify's call proofs."""
    caller = Caller("st-v5oef5ab", "sezim-bishkek", frozenset({"worker"}))
    token = Signer.from_file(folder / "console" / "tokens.private.json").token(caller, NOW)
    for service in SERVICES:
        verifier = Verifier.from_file(folder / service / "tokens.public.json")
        assert verifier.token(token, NOW) == caller
    ticket = Ticket("i", "n", "r", "o", "sezim-bishkek", "crisis-centre", "st-v5oef5ab")
    signed = Signer.from_file(folder / "referral" / "tickets.private.json").ticket(ticket, NOW)
    assert (
        Verifier.from_file(folder / "intake" / "tickets.public.json").ticket(signed, NOW) == ticket
    )
    proof = CallProof("st-v5oef5ab", "st-6775jivy", "check-1")
    signed = Signer.from_file(folder / "notify" / "calls.private.json").call(proof, NOW)
    assert Verifier.from_file(folder / "intake" / "calls.public.json").call(signed, NOW) == proof


def test_a_private_key_is_in_one_folder_only(folder: Path) -> None:
    """Secrets that two services share on purpose are the exception."""
    holders: dict[str, set[str]] = {}
    for service in (*SERVICES, "console"):
        for path in (folder / service).iterdir():
            for key in json.loads(path.read_text())["keys"]:
                secret = key.get("d") or key.get("k")
                if secret:
                    holders.setdefault(key["kid"], set()).add(service)
    assert holders.pop("tags.1") == {"intake", "notify"}
    assert holders.pop("exclusions.1") == {"intake", "referral", "committee"}
    assert all(len(services) == 1 for services in holders.values())


def test_a_lost_public_set_is_made_again(folder: Path) -> None:
    """Public files follow from the private ones."""
    before = contents(folder)
    (folder / "notify" / "seal.public.json").unlink()
    secrets.key_files(folder)
    assert contents(folder) == before
