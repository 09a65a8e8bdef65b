"""What is said of a text, and when."""

from datetime import UTC, datetime
from time import monotonic

from deploy.simulators.deliveries import Deliveries, Delivery
from deploy.simulators.receipts import Receipt, Receipts, receipts
from deploy.simulators.smpp import Deliver

NOW = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)


def test_a_receipt_reads_as_the_standard_shows_it() -> None:
    """Fields in order, one space between; an error's code where it did not arrive."""
    assert Receipt("0000000007", "DELIVRD").octets(NOW) == (
        b"id:0000000007 sub:001 dlvrd:001 submit date:2603010905 "
        b"done date:2603010905 stat:DELIVRD err:000 text:"
    )
    assert b"dlvrd:000 " in Receipt("7", "UNDELIV").octets(NOW)
    assert b"err:001 " in Receipt("7", "UNDELIV").octets(NOW)


def test_contradictions_end_with_the_worst() -> None:
    """Whoever believes the last word believes wrongly."""
    said = receipts(Receipts.CONTRADICTORY, "7", 0)
    assert [each.state for each in said] == ["UNDELIV", "DELIVRD", "EXPIRED"]
    assert {each.message_id for each in said} == {"7"}


def test_only_a_late_one_is_late() -> None:
    """By the seconds that were asked for."""
    after = {kind: [each.after for each in receipts(kind, "7", 5.0)] for kind in Receipts}
    assert {kind for kind, seconds in after.items() if any(seconds)} == {Receipts.LATE}
    assert after[Receipts.LATE] == [5.0]


def test_who_binds_hurries_what_waits_but_not_what_is_to_be_late() -> None:
    """A late receipt stays late."""
    queue, later = Deliveries(), monotonic() + 100
    part = Deliver("+996000000101", "1000", b"", is_receipt=True)
    waiting = Delivery([part], tell=_nobody, due=later)
    late = Delivery([part], tell=_nobody, due=later, earliest=later)
    queue.add(waiting)
    queue.add(late)
    queue.hurry()
    assert waiting.due < later
    assert late.due == later


def _nobody(_status: int | None, _ended: bool) -> None:
    """Not asked here."""
