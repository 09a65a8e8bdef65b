"""Dependencies of handlers besides the transaction: keys, and the jurisdiction. Made by ``app``."""

from dataclasses import dataclass

from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live
from shared.security.excluded_staff import Digests


@dataclass(frozen=True, slots=True)
class Deps:
    """Harmless to share. ``country`` follows its files."""

    digests: Digests
    country: Live[Jurisdiction]

    @property
    def jurisdiction(self) -> Jurisdiction:
        """The jurisdiction as it is now."""
        return self.country.current
