"""Room: who is of a committee on a day, who of them is there, and the quorum. Pure.

A seat is a member's who is nobody's deputy; it is filled by its member, or by a deputy in their
place. Whoever left for an item fills no seat in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.committee.registry.model import Member


@dataclass(frozen=True, slots=True)
class Quorum:
    """``seats`` of members in office that day, how many must be filled, how many were."""

    seats: int
    needed: int
    filled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Who is of the committee on the day of a sitting, and who of them is there."""

    day: date
    members: Sequence[Member]
    here: frozenset[str]

    @property
    def seats(self) -> frozenset[str]:
        """Member ids of the seats in office that day."""
        return frozenset(
            each.member_id for each in self.members if each.deputy_of is None and self._sits(each)
        )

    def filled(self, left: Iterable[str] = ()) -> int:
        """How many seats somebody fills who is there and has not left."""
        staying = self.here.difference(left)
        taken = {
            each.deputy_of or each.member_id
            for each in self.members
            if each.staff_id in staying and self._sits(each)
        }
        return len(taken & self.seats)

    def sits(self, staff_id: str) -> bool:
        """Whether somebody is a member that day, or a member's deputy."""
        return any(each.staff_id == staff_id and self._sits(each) for each in self.members)

    def _sits(self, member: Member) -> bool:
        return member.sits(self.day)


def quorum(room: Room, above: int) -> Quorum:
    """``above``: so many percent of the seats must be exceeded."""
    seats = len(room.seats)
    return Quorum(seats=seats, needed=seats * above // 100 + 1, filled=room.filled())
