"""Front: what the pages' process has besides the service's dependencies. Made once, by ``app``."""

from dataclasses import dataclass
from typing import Self

from jinja2 import Environment

from services.console.deps import Deps
from services.console.frame.live import Changes
from services.console.frame.organisations import Organisations
from services.console.frame.register import Register
from services.console.frame.rendering import environment
from services.console.frame.statics import Statics
from services.console.frame.vocabulary import Vocabulary
from services.console.peers.client import Peers
from shared.clock import wall


@dataclass(frozen=True, slots=True)
class Front:
    """Harmless to share between requests."""

    deps: Deps
    peers: Peers
    statics: Statics
    templates: Environment
    changes: Changes
    register: Register
    words: Vocabulary
    organisations: Organisations

    @classmethod
    def of(cls, deps: Deps) -> Self:
        """Connects to nothing. Raises `ValueError` for texts that cannot be read."""
        settings, statics = deps.settings, Statics()
        urls = {
            "intake": settings.intake_api,
            "referral": settings.referral_api,
            "notify": settings.notify_api,
            "committee": settings.committee_api,
            "audit": settings.audit_api,
        }
        peers = Peers(urls, deps.signer, wall)
        return cls(
            deps=deps,
            peers=peers,
            statics=statics,
            templates=environment(statics),
            changes=Changes(),
            register=Register(peers, deps.db),
            words=Vocabulary(peers),
            organisations=Organisations(peers),
        )
