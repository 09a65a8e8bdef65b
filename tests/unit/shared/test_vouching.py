"""Whoever keeps every event takes it as its producer vouches for it, and opens few."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.bus import wire
from shared.bus.parked import Record
from shared.bus.reading import KeyToCome, Reading, Unproven
from shared.events import BODIES, READERS, Closed, event_type
from shared.events.envelope import digest
from shared.events.notify import AnswerReceived
from shared.events.services import KEEPER
from shared.security.keyring import Keyring
from tests.support.keys import sealers
from tests.unit.shared.test_wire import answered

SEALERS = sealers("notify", "referral", "intake", KEEPER)
APPENDED = datetime(2026, 11, 23, 9, 30, 16, tzinfo=UTC)
ENVELOPE, DOCUMENT = answered()
CLOSED, OPENED = Reading(SEALERS[KEEPER], [], keeps=True), Reading(
    SEALERS[KEEPER], [event_type(AnswerReceived)], keeps=True
)  # fmt: skip


def record(by: str = "notify") -> Record:
    """An answer on notify's topic, as whoever holds the keys of ``by`` can put it there."""
    key, value, headers = wire.encode(ENVELOPE, DOCUMENT, SEALERS[by])
    return Record("tirek.notify", 0, 0, key, tuple(headers), value, APPENDED)


def without(record: Record, header: str) -> Record:
    """One header less."""
    return replace(record, headers=tuple(each for each in record.headers if each[0] != header))


def otherwise(record: Record, header: str, text: bytes) -> Record:
    """One header otherwise."""
    return replace(record, headers=(*without(record, header).headers, (header, text)))


def proof(record: Record) -> str:
    """What the producer vouches with."""
    return (dict(record.headers)["ce_proof"] or b"").decode()


def test_the_outside_is_taken_whoever_may_read_the_inside() -> None:
    """With the digest and the broker's time; closed, also if nothing in it can be opened."""
    for sealed in (record(), replace(record(), value=b"anything")):
        event = CLOSED.event(sealed)
        assert event is not None
        assert (event.envelope, event.body) == (ENVELOPE, Closed())
        assert (event.digest, event.appended_at) == (digest(ENVELOPE, DOCUMENT), APPENDED)
    opened = OPENED.event(record())
    assert opened is not None
    assert isinstance(opened.body, AnswerReceived)
    assert (opened.digest, opened.appended_at) == (digest(ENVELOPE, DOCUMENT), APPENDED)


@pytest.mark.parametrize(
    "forged",
    [
        lambda: otherwise(record(), "ce_time", b"2026-11-23T09:30:14.000000Z"),
        lambda: otherwise(record(), "ce_digest", b"0" * 64),
        lambda: otherwise(record(), "ce_producerseq", b"9"),
        lambda: replace(record(), key=b"another case"),
        lambda: record(by="referral"),
        lambda: otherwise(record(), "ce_proof", proof(record("referral")).encode()),
        lambda: otherwise(record(), "ce_proof", b"notify.1:referral.1:AAAA"),
        lambda: otherwise(record(), "ce_proof", b"notify.1:audit.1:AAAA"),
        lambda: otherwise(record(), "ce_proof", b"\xff"),
        lambda: otherwise(record(), "ce_proof", b""),
        lambda: otherwise(record(), "ce_digest", b"\xff"),
    ],
)
def test_what_its_producer_has_not_said_is_a_forgery(forged: Callable[[], Record]) -> None:
    """A proof is over all of the outside and its key, by the topic's service and no other."""
    for reading in (CLOSED, OPENED):
        with pytest.raises(Unproven):
            reading.event(forged())


def test_a_vouched_outside_round_something_else_is_not_opened() -> None:
    """Nor does it stay closed: its producer will be asked for it."""
    with pytest.raises(Unproven):
        OPENED.event(replace(record(), value=b"anything"))


def test_what_nobody_vouches_for_is_passed_over() -> None:
    """Of a release before, or a stranger's: it is asked for, and nobody is called."""
    for reading in (CLOSED, OPENED):
        assert reading.event(without(record(), "ce_proof")) is None


def test_a_key_that_is_on_its_way_is_waited_for() -> None:
    """As for what is sealed with one."""
    codes = proof(record()).split(":")[2]
    for early in (f"notify.2:{KEEPER}.1:{codes}", f"notify.1:{KEEPER}.2:{codes}"):
        with pytest.raises(KeyToCome):
            CLOSED.event(otherwise(record(), "ce_proof", early.encode()))


def test_without_a_key_of_the_keeper_all_goes_on_without_it() -> None:
    """An installation that has none yet alerts as before."""
    alone = sealers("notify", "referral")
    key, value, headers = wire.encode(ENVELOPE, DOCUMENT, alone["notify"])
    assert "ce_proof" not in dict(headers)
    envelope = wire.decode_envelope("tirek.notify", key, headers)
    assert wire.decode(envelope, value, headers, alone["referral"]).envelope == ENVELOPE


def test_nobody_else_can_check_a_proof_and_so_nobody_else_can_make_one() -> None:
    """It is under a key of two; whoever reads the event as well has another."""
    rings: list[Keyring] = [SEALERS[each]._ring() for each in ("notify", KEEPER, "referral")]
    notify, keeper, referral = rings
    theirs = notify.vouching("notify.1", f"{KEEPER}.1", "notify.1")
    assert theirs == keeper.vouching(f"{KEEPER}.1", "notify.1", "notify.1")
    assert theirs != referral.vouching("referral.1", "notify.1", "notify.1")


def test_audit_opens_no_report_and_no_list_of_whom_a_case_excludes() -> None:
    """Such a list within an event that it opens is sealed once more, for notify alone."""
    opened = {body.TYPE for body in BODIES.values() if KEEPER in READERS[body]}
    assert not {
        each for each in opened if each.startswith(("incident.", "consent.", "exclusions."))
    }
    assert not opened & {"staff.changed", "notice.requested"}
