"""How long the SMSC misbehaves."""

import pytest

from deploy.simulators import faults
from deploy.simulators.faults import Faults, Mode


def test_a_fault_may_be_counted() -> None:
    """The next so many texts, then all is well."""
    fault = Faults()
    fault.set(Mode.REFUSE, count=2, seconds=None)
    assert [fault.next() for _ in range(3)] == [Mode.REFUSE, Mode.REFUSE, Mode.NONE]


def test_a_fault_may_be_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """For so many seconds, then all is well."""
    now = 100.0
    monkeypatch.setattr(faults, "monotonic", lambda: now)
    fault = Faults()
    fault.set(Mode.THROTTLE, count=None, seconds=5)
    assert fault.next() is Mode.THROTTLE
    now = 105.0
    assert fault.next() is Mode.NONE


def test_the_seconds_of_slowness_are_its_delay() -> None:
    """It lasts until it is changed."""
    fault = Faults()
    fault.set(Mode.SLOW, count=None, seconds=3)
    assert (fault.next(), fault.delay) == (Mode.SLOW, 3)
    fault.set(Mode.NONE, count=None, seconds=None)
    assert (fault.next(), fault.delay) == (Mode.NONE, 0)


def test_only_a_timed_drop_keeps_binds_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A counted one breaks connections as texts come."""
    now = 100.0
    monkeypatch.setattr(faults, "monotonic", lambda: now)
    fault = Faults()
    fault.set(Mode.DROP_BIND, count=1, seconds=None)
    assert not fault.refusing_binds
    fault.set(Mode.DROP_BIND, count=None, seconds=5)
    assert fault.refusing_binds
    now = 106.0
    assert not fault.refusing_binds
