"""What notify says of members of staff, who are known by their tokens elsewhere in the tests."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from shared.clock import wall
from shared.events import Envelope, event_type
from shared.events.notify import StaffChanged
from shared.security.tags import Tagger
from shared.security.tokens import Caller

RAION_DIGITS = 8
NAME = "Кызматкер Вымышленный"
"""What somebody is called, where their name does not matter."""


def staff_changed(
    tagger: Tagger,
    caller: Caller,
    *,
    name: str = NAME,
    phones: Iterable[str] = (),
    organisation: str | None = None,
    active: bool = True,
) -> StaffChanged:
    """A member of staff as the register has them; ``organisation``: if not the token's."""
    serves = organisation or caller.organisation
    areas = [area[:RAION_DIGITS] for area in caller.territories]
    return StaffChanged(
        staff_id=caller.staff_id,
        organisation=serves,
        roles=tuple(sorted(caller.roles)),
        active=active,
        tags=tuple(sorted(tagger.person(caller.staff_id, name, serves, phones, areas))),
    )


def enveloped(body: StaffChanged, at: datetime, version: int | None = None) -> Envelope:
    """What stands round it; without a ``version`` it is newer than whatever was said before."""
    return Envelope(
        id=str(uuid4()),
        type=event_type(StaffChanged),
        source="notify",
        subject=body.staff_id,
        key=body.key,
        time=at,
        correlation_id=body.key,
        aggregate_version=version or int(wall().timestamp() * 1_000_000),
    )
