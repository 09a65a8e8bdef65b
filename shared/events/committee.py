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


BODIES: tuple[type[Body], ...] = (CommitteeChanged,)
