"""Dependencies of handlers besides the transaction: keys, and the jurisdiction. Made by ``app``."""

from dataclasses import dataclass

from services.notify.codes.keys import CodeKeys
from services.notify.codes.parse import Lexicon
from services.notify.people.exclusions import Exclusions
from shared.jurisdiction import Jurisdiction


@dataclass(frozen=True, slots=True)
class Deps:
    """Frozen and harmless to share. ``label`` is the product's neutral name in messages."""

    exclusions: Exclusions
    codes: CodeKeys
    jurisdiction: Jurisdiction
    lexicon: Lexicon
    label: str
