"""What handlers need besides the transaction: the country, keys, the key store. Made by ``app``."""

from dataclasses import dataclass, field
from typing import NamedTuple

from services.intake.keystore import KeyStore
from services.intake.model.needs import ClinicalClock, Duty, Law
from services.intake.vault import Vault
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live
from shared.jurisdiction.profile import Duty as DutyInFile
from shared.jurisdiction.territories import Territories
from shared.security.excluded_staff import Digests
from shared.security.place_names import PlaceNames
from shared.security.sealing import Sealer
from shared.security.tags import Tagger
from shared.security.tokens import Verifier


class Raion(NamedTuple):
    """A place that may be shown: its code, and its name in somebody's language."""

    code: str
    name: str


class NewestPlaceNames:
    """The names of places of the country as it is now: made when they are first asked for."""

    def __init__(self) -> None:
        self._made: PlaceNames | None = None

    def of(self, territories: Territories) -> PlaceNames:
        """Those of these territories."""
        if self._made is None or self._made.territories is not territories:
            self._made = PlaceNames(territories)
        return self._made


@dataclass(frozen=True, slots=True)
class Deps:
    """``tickets`` verifies what referral signs, ``calls`` what notify does. ``country`` follows its
    files."""

    country: Live[Jurisdiction]
    vault: Vault
    keys: KeyStore
    sealer: Sealer
    tagger: Tagger
    digests: Digests
    tickets: Verifier
    calls: Verifier
    place_names: NewestPlaceNames = field(default_factory=NewestPlaceNames)

    @property
    def jurisdiction(self) -> Jurisdiction:
        """The jurisdiction as it is now."""
        return self.country.current

    @property
    def law(self) -> Law:
        """What it adds to a report."""
        return law_of(self.jurisdiction)

    def raion(self, territory: str, language: str) -> Raion:
        """The finest place of an incident that may be shown to who does not hold it."""
        place = self.jurisdiction.territories.raion_of(territory)
        return Raion(place.code, place.name(language))

    def place(self, territory: str, language: str) -> str:
        """A place with all above it, as ``language`` names them: the largest first."""
        territories = self.jurisdiction.territories
        line = (*territories.ancestors(territory), territories.place(territory))
        return ", ".join(each.name(language) for each in line if each.names)


def law_of(jurisdiction: Jurisdiction) -> Law:
    """What the country adds to a report, as the model reads it."""
    types, profile = jurisdiction.service_types, jurisdiction.profile

    def duty(found: DutyInFile) -> Duty:
        return Duty(found.service_type, types[found.service_type].kinds, found.ground)

    return Law(
        child=duty(profile.duties.child),
        danger=duty(profile.duties.immediate_danger),
        clocks=tuple(
            ClinicalClock(clock.service_type, clock.urgency, clock.within, clock.id)
            for clock in profile.clinical_clocks
        ),
        for_accused=frozenset(code for code, each in types.items() if each.for_perpetrator),
    )
