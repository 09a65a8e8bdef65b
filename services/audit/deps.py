"""Dependencies of handlers besides the transaction. Made by ``app``."""

from dataclasses import dataclass
from datetime import timedelta

from services.audit.ledger.policy import Policy
from services.audit.signing import Signing
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live


@dataclass(frozen=True, slots=True)
class Deps:
    """Harmless to share. ``country`` and ``witnesses`` follow their files."""

    signing: Signing
    checkpoint_every: timedelta
    country: Live[Jurisdiction]
    witnesses: Live[Policy]
