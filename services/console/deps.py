"""Dependencies of handlers besides the transaction: keys, jurisdiction. Made by ``app``."""

from dataclasses import dataclass
from typing import Self

from services.console.keys import AccountKeys
from services.console.passwords import Passwords
from services.console.settings import ConsoleSettings
from shared.db import Database
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live, LiveJurisdiction
from shared.security.tokens import Signer


@dataclass(frozen=True, slots=True)
class Deps:
    """Harmless to share. ``signer`` speaks for whoever is signed in; ``country`` follows its
    files."""

    settings: ConsoleSettings
    db: Database
    signer: Signer
    keys: AccountKeys
    passwords: Passwords
    country: Live[Jurisdiction]

    @classmethod
    def of(cls, settings: ConsoleSettings) -> Self:
        """Connects to nothing; raises `KeyFileError` or `BadFile` for a file that cannot be
        right."""
        return cls(
            settings=settings,
            db=Database(settings),
            signer=Signer.from_file(settings.keys_dir / "tokens.private.json"),
            keys=AccountKeys.from_directory(settings.keys_dir),
            passwords=Passwords(),
            country=LiveJurisdiction(settings.jurisdiction),
        )

    @property
    def jurisdiction(self) -> Jurisdiction:
        """The jurisdiction as it is now."""
        return self.country.current
