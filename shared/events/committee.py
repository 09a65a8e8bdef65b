"""What the committee service says: ids, codes and days, and no name of anybody."""

from datetime import date
from typing import ClassVar

from shared.events.envelope import Body


class CommitteeChanged(Body):
    """A committee was approved, approved anew, or ended. ``territory`` is a full SOATE code;
    ``standing``: active, lapsed or ended, on the day that it was said."""

    TYPE: ClassVar[str] = "committee.changed"

    committee_id: str
    organisation: str
    territory: str
    standing: str

    @property
    def key(self) -> str:
        """The committee."""
        return self.committee_id


class AppealChanged(Body):
    """An appeal of a citizen was entered, corrected, opened as an incident or answered.

    ``state``: open, incident or answered. Which incident is not said: nobody who reads this needs
    to know.
    """

    TYPE: ClassVar[str] = "appeal.changed"

    appeal_id: str
    committee_id: str
    state: str

    @property
    def key(self) -> str:
        """The committee: what is said of one comes in its order."""
        return self.committee_id


class SittingHeld(Body):
    """A committee sat. ``kind``: ordinary or emergency; ``held_on``: the local day."""

    TYPE: ClassVar[str] = "sitting.held"

    sitting_id: str
    committee_id: str
    kind: str
    held_on: date

    @property
    def key(self) -> str:
        """The committee."""
        return self.committee_id


class ActionChanged(Body):
    """What a sitting decided is to be done, or was reported on. ``due``: the local day;
    ``status``: open, done, not-done-circumstances or not-done-body."""

    TYPE: ClassVar[str] = "action.changed"

    action_id: str
    committee_id: str
    sitting_id: str
    status: str
    due: date

    @property
    def key(self) -> str:
        """The committee."""
        return self.committee_id


BODIES: tuple[type[Body], ...] = (CommitteeChanged, AppealChanged, SittingHeld, ActionChanged)
