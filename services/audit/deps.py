"""Dependencies of handlers besides the transaction. Made by ``app``."""

from dataclasses import dataclass, field
from datetime import timedelta

from services.audit.facts.shelves import Shelves
from services.audit.ledger.policy import Policy
from services.audit.signing import Signing
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live


@dataclass(frozen=True, slots=True)
class Deps:
    """Harmless to share. ``country`` and ``witnesses`` follow files, ``shelves`` the facts."""

    signing: Signing
    checkpoint_every: timedelta
    country: Live[Jurisdiction]
    witnesses: Live[Policy]
    shelves: Shelves = field(default_factory=Shelves)
