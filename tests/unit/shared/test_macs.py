"""A MAC fits one event of one service under one key, and nothing that differs in any part."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from deploy.operations import outbox_keys
from deploy.provision.secrets import key_files
from shared.events import Envelope
from shared.key_files import KeyFileError
from shared.macs import FILE, Mac, Macs, Value

SAID = Envelope(
    id="an-id", type="tirek.answer.received.v1", source="notify", subject="subject", key="key",
    time=datetime(2026, 11, 30, 12, tzinfo=UTC), correlation_id="key", aggregate_version=3,
)  # fmt: skip
DOCUMENT = b'{"data":{}}'


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The secrets of a fresh installation."""
    key_files(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "changed",
    [
        replace(SAID, id="an-i", type="dtirek.answer.received.v1"),  # no part borders on another
        replace(SAID, type="tirek.answer.received.v2"),
        replace(SAID, source="intake"),
        replace(SAID, subject="another"),
        replace(SAID, key="another"),
        replace(SAID, time=SAID.time - timedelta(microseconds=1)),
        replace(SAID, correlation_id="another"),
        replace(SAID, causation_id=""),
        replace(SAID, aggregate_version=4),
    ],
)
def test_another_event_needs_another_mac(secrets: Path, changed: Envelope) -> None:
    """Whatever part of it differs; where it stands in the chain is the relay's to say."""
    macs = Macs(secrets / "notify" / FILE)
    mac = macs.event(SAID, DOCUMENT)
    bishkek = replace(SAID, time=SAID.time.astimezone(timezone(timedelta(hours=6))))
    assert macs.said(bishkek.numbered(7, "f" * 64), DOCUMENT, mac)
    assert not macs.said(changed, DOCUMENT, mac)
    assert not macs.said(SAID, DOCUMENT + b" ", mac)
    assert not macs.numbered("notify", "f" * 64, mac.code)


def test_an_older_key_is_known_and_anothers_is_not(secrets: Path) -> None:
    """A new key is in use at once, in a running process; each service has its own."""
    macs = Macs(secrets / "notify" / FILE)
    mac, number = macs.event(SAID, DOCUMENT), macs.number("notify", "0")
    added = outbox_keys.add(secrets, "outbox-notify")
    newer = Macs(secrets / "notify" / FILE)
    assert newer.said(SAID, DOCUMENT, mac)
    assert newer.numbered("notify", "0", number)
    assert newer.event(SAID, DOCUMENT).key == added
    assert macs.said(SAID, DOCUMENT, newer.event(SAID, DOCUMENT))
    intake = Macs(secrets / "intake" / FILE)
    assert not newer.said(SAID, DOCUMENT, intake.event(SAID, DOCUMENT))
    assert not newer.said(SAID, DOCUMENT, Mac("nobody's", b""))
    states = {each.kid: each.state for each in outbox_keys.standings(secrets)}
    assert (states[added], states[mac.key]) == ("in use", "readable")


def upgraded(secrets: Path) -> None:
    """It was there before its outboxes had keys."""
    for path in secrets.glob(f"*/{FILE}"):
        path.unlink()
    key_files(secrets)


@pytest.mark.parametrize(
    ("as_it_is", "asked", "required"),
    [
        (None, None, True),
        (upgraded, None, False),
        (upgraded, True, True),
        (None, False, False),
    ],
)
def test_a_fresh_installation_requires_macs_and_an_upgraded_one_when_it_is_told(
    secrets: Path, as_it_is: Callable[[Path], None] | None, asked: bool | None, required: bool
) -> None:
    """Also after a new key, and after the files were made once more."""
    if as_it_is:
        as_it_is(secrets)
    outbox_keys.add(secrets, "outbox-notify")
    key_files(secrets)
    assert Macs(secrets / "notify" / FILE, asked).required is required


SHORT = '{"keys":[{"kid":"a","k":""}]}'


@pytest.mark.parametrize("broken", ["{", '{"keys":[]}', '{"keys":[{"kid":"a","k":"?"}]}', SHORT])
def test_nothing_starts_with_a_broken_file(tmp_path: Path, broken: str) -> None:
    """One line says which file it is."""
    (tmp_path / FILE).write_text(broken)
    with pytest.raises(KeyFileError, match=FILE):
        Macs(tmp_path / FILE)
    (tmp_path / FILE).write_text(json.dumps({"keys": [{"kid": "a", "k": "A" * 43}]}))
    assert not Macs(tmp_path / FILE).required


ROW = ("id", 3, None, datetime(2026, 11, 30, 12, tzinfo=UTC), b"\x01")


@pytest.mark.parametrize(
    "other",
    [
        ("i", "d3", *ROW[2:]),
        ("id", 3, "", *ROW[3:]),
        (*ROW[:3], datetime(2026, 11, 30, 12, 0, 1, tzinfo=UTC), b"\x01"),
        (*ROW[:4], b"\x02"),
        ROW[:4],
    ],
)
def test_another_row_needs_another_mac(secrets: Path, other: tuple[Value, ...]) -> None:
    """Whatever value of it differs, and in whichever table it stands."""
    macs = Macs(secrets / "audit" / FILE)
    mac = macs.row("said", *ROW)
    assert macs.wrote(mac, "said", *ROW)
    assert not macs.wrote(mac, "said", *other)
    assert not macs.wrote(mac, "heard", *ROW)
