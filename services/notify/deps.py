"""Dependencies of handlers besides the transaction: keys, and the jurisdiction. Made by ``app``."""

from dataclasses import dataclass

from services.notify.codes.keys import CodeKeys
from services.notify.codes.parse import Lexicon
from services.notify.people.exclusions import Exclusions
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live


@dataclass(frozen=True, slots=True)
class Deps:
    """Harmless to share. ``label`` is the product's neutral name in messages; ``country`` follows
    its files."""

    exclusions: Exclusions
    codes: CodeKeys
    country: Live[Jurisdiction]
    label: str

    @property
    def jurisdiction(self) -> Jurisdiction:
        """The jurisdiction as it is now."""
        return self.country.current

    @property
    def lexicon(self) -> Lexicon:
        """Its words of reply."""
        return Lexicon.of(self.jurisdiction.texts.answers, self.jurisdiction.texts.doubts)
