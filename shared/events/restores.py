"""Restores: a service whose database came back from a backup says so before anything else.

Audit alone reads it (`shared.events.registry.READERS`).
"""

from datetime import datetime
from typing import ClassVar

from shared.events.envelope import Body


class ServiceRestored(Body):
    """``service`` is as a backup of ``backup_at`` has it, and gives out numbers (`producer_seq`)
    from ``goes_on_from`` on: whatever bore these before is lost, and others may have heard it."""

    TYPE: ClassVar[str] = "service.restored"

    service: str
    backup: str
    backup_at: datetime
    goes_on_from: int

    @property
    def key(self) -> str:
        """The service."""
        return self.service


BODIES: tuple[type[Body], ...] = (ServiceRestored,)
