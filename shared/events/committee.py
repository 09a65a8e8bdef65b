"""What the committee service says: ids, codes and days, and no name of anybody."""

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


BODIES: tuple[type[Body], ...] = (CommitteeChanged, AppealChanged)
