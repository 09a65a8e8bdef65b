"""Views of the directory: organisations, their services, and how many places are free."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.referral.handlers.places import Room


class RoomView(BaseModel):
    """A service and its free places; ``free`` is absent where places are not counted.

    ``said_at`` and ``said_by``: when and by whom it was said since the directory did.
    """

    service: str
    organisation: str
    service_type: str
    service_name: str
    free: int | None
    maximum: int | None
    said_at: datetime | None
    said_by: str | None

    @classmethod
    def of(cls, room: Room, service_name: str) -> Self:
        """The view of one service."""
        return cls(
            service=room.service.id,
            organisation=room.service.organisation,
            service_type=room.service.service_type,
            service_name=service_name,
            free=room.free,
            maximum=room.service.maximum,
            said_at=room.said.at if room.said else None,
            said_by=room.said.by if room.said else None,
        )


class Rooms(BaseModel):
    """The services of the caller's organisation."""

    services: list[RoomView]
