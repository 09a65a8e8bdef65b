"""Whether something needs a key is seen through every wrapping, and doubt counts as yes."""

import json
from typing import Any

import pytest

from deploy.operations.key_use import Look, documents, rings
from deploy.operations.sealing_keys import retire, rotate
from shared.key_files import b64
from shared.security.keyring import PRIVATE_FILE
from tests.support.rotation import World, world


def needs(one: World, value: bytes, kid: str) -> bool | None:
    """What a look with this machine's keys says."""
    return Look(kid, rings(one.desk)).needs(value)


def event(one: World, inner: str | None) -> bytes:
    """An event of intake for referral; what is inside it is for notify."""
    document = {"salt": "s", "data": {"needs": [{"a": 1}], "excluded_people": inner}}
    return one.sealers["intake"].seal(json.dumps(document).encode(), ["referral"], b"attributes")


def test_what_a_document_names_it_needs() -> None:
    """The producer's key and each reader's."""
    with world(one_machine=True) as one:
        sealed = one.sealers["referral"].seal(b"x", ["intake", "notify"])
        assert all(needs(one, sealed, kid) for kid in ("referral.1", "intake.1", "notify.1"))
        assert [needs(one, sealed, kid) for kid in ("referral.2", "intake.11")] == [False, False]


def test_what_is_sealed_inside_what_is_sealed_needs_its_own_keys() -> None:
    """The excluded people in an event were sealed earlier, for somebody else."""
    with world(one_machine=True) as one:
        inner = one.sealers["intake"].seal(b"people", ["notify"]).decode()
        one.rotate("intake")
        one.rotate("notify")
        one.seconds += 1
        outer = event(one, inner)
        assert needs(one, outer, "notify.1")
        assert needs(one, outer, "intake.1")
        assert needs(one, event(one, None), "intake.1") is False
        plain = json.dumps({"data": {"excluded_people": inner}}).encode()
        assert needs(one, plain, "notify.1")


def test_what_was_retired_is_still_looked_into() -> None:
    """A key kept aside opens what it has to, to be sure of what is inside."""
    with world(one_machine=True) as one:
        inner = one.sealers["notify"].seal(b"x", ["notify"]).decode()
        outer = event(one, inner)
        one.rotate("referral")
        list(retire(one.desk, "referral.1"))
        assert needs(one, outer, "notify.1")
        assert needs(one, outer, "notify.2") is False


def test_what_cannot_be_looked_into_from_here_may_need_any_key() -> None:
    """The reader's private key is on another machine."""
    with world(one_machine=True) as one:
        outer = event(one, None)
        (one.desk / "referral" / PRIVATE_FILE).unlink()
        assert needs(one, outer, "notify.1") is None
        assert needs(one, outer, "intake.1")


@pytest.mark.parametrize(
    "changes",
    [
        {"tag": b64(b"0" * 16)},
        {"protected": "?"},
        {"protected": b64(b"[]")},
        {"recipients": [{}]},
        {"recipients": [{"header": {"kid": 7}}]},
        {"recipients": 3},
    ],
    ids=str,
)
def test_what_nobody_can_open_needs_no_key(changes: dict[str, Any]) -> None:
    """Altered or damaged: no key makes it readable, so none is kept for it."""
    with world(one_machine=True) as one:
        list(rotate(one.desk, "notify"))
        broken = json.loads(event(one, None)) | changes
        assert needs(one, json.dumps(broken).encode(), "notify.1") is False


@pytest.mark.parametrize("value", [b"", b"\x00\xff", b"7", b'"{"', b"[[]]", b'{"protected": 1}'])
def test_what_is_not_sealed_needs_no_key(value: bytes) -> None:
    """Poison on a topic keeps no key alive."""
    with world(one_machine=True) as one:
        assert needs(one, value, "intake.1") is False


def test_what_is_nested_beyond_reading_may_need_any_key() -> None:
    """A look survives it."""
    with world(one_machine=True) as one:
        assert needs(one, b"[" * 200_000, "intake.1") is None


def test_sealed_documents_are_found_wherever_they_stand() -> None:
    """As JSON, or as text in JSON, at any depth."""
    sealed = {"protected": "p", "recipients": []}
    found = list(documents({"a": [sealed, {"b": json.dumps(sealed)}], "c": "{", "d": None}))
    assert found == [sealed, sealed]
