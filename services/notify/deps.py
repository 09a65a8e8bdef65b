"""Dependencies of handlers besides the transaction: keys, and the jurisdiction. Made by ``app``."""

from dataclasses import dataclass
from functools import lru_cache

from services.notify.codes.keys import CodeKeys
from services.notify.codes.parse import Lexicon
from services.notify.people.exclusions import Exclusions
from services.notify.rosters.duty import LocalDays
from shared.events.words import Answer
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live
from shared.security.tokens import Signer


@dataclass(frozen=True, slots=True)
class Deps:
    """Harmless to share. ``signer`` signs call proofs. ``label`` is the product's neutral
    name in messages; ``country`` follows its files."""

    exclusions: Exclusions
    codes: CodeKeys
    signer: Signer
    country: Live[Jurisdiction]
    label: str

    @property
    def jurisdiction(self) -> Jurisdiction:
        """The jurisdiction as it is now."""
        return self.country.current

    @property
    def days(self) -> LocalDays:
        """Its clock on the wall and its holidays."""
        return LocalDays(self.jurisdiction.zone, self.jurisdiction.holidays.name)

    @property
    def lexicon(self) -> Lexicon:
        """Its words of reply."""
        texts = self.jurisdiction.texts
        return _lexicon(tuple(texts.answers.items()), tuple(texts.doubts.items()))


@lru_cache(maxsize=2)
def _lexicon(
    words: tuple[tuple[str, Answer], ...], doubts: tuple[tuple[str, frozenset[Answer]], ...]
) -> Lexicon:
    """Kept: it takes many times as long to make as a text takes to read with it."""
    return Lexicon.of(dict(words), dict(doubts))
