"""What handlers need besides the transaction: the country, keys, the key store. Made by ``app``."""

from dataclasses import dataclass

from services.intake.keystore import KeyStore
from services.intake.model.needs import ClinicalClock, Duty, Law
from services.intake.vault import Vault
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.profile import Duty as DutyInFile
from shared.security.excluded_staff import Digests
from shared.security.sealing import Sealer
from shared.security.tags import Tagger
from shared.security.tokens import Verifier


@dataclass(frozen=True, slots=True)
class Deps:
    """``tickets`` verifies what referral signs."""

    jurisdiction: Jurisdiction
    law: Law
    vault: Vault
    keys: KeyStore
    sealer: Sealer
    tagger: Tagger
    digests: Digests
    tickets: Verifier


def law_of(jurisdiction: Jurisdiction) -> Law:
    """What the country adds to a report, as the model reads it."""
    types, profile = jurisdiction.service_types, jurisdiction.profile

    def duty(found: DutyInFile) -> Duty:
        return Duty(found.service_type, types[found.service_type].kinds, found.ground)

    return Law(
        child=duty(profile.duties.child),
        danger=duty(profile.duties.immediate_danger),
        clocks=tuple(
            ClinicalClock(clock.service_type, clock.urgency, clock.within)
            for clock in profile.clinical_clocks
        ),
        for_accused=frozenset(code for code, each in types.items() if each.for_perpetrator),
    )
