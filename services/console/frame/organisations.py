"""Organisations: what the directory calls them, for those who answer for it.

Asked of referral as the person who looks, and kept for a while: pages for coordinators and
administrators alone show them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.console.peers.client import Peers
from shared.events.words import Role
from shared.security.tokens import Caller

KEPT = timedelta(minutes=1)
A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Organisation:
    """One of the directory. ``areas`` are the codes of where it is."""

    organisation: str
    name: str
    kind: str
    areas: tuple[str, ...]

    def is_in(self, territories: Sequence[str]) -> bool:
        """Whether it is in one of these."""
        return any(code.startswith(each) for code in self.areas for each in territories if each)


class Organisations:
    """All of them, by id; in the language of whoever asks."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._kept: dict[str, tuple[datetime, Mapping[str, Organisation]]] = {}

    async def all(self, who: Caller, language: str, now: datetime) -> Mapping[str, Organisation]:
        """The whole directory. Raises `PeerDown`, and `PeerRefused` for whoever may not ask."""
        kept = self._kept.get(language)
        if kept is None or kept[0] <= now - KEPT:
            kept = self._kept[language] = now, await self._read(who, language)
        return kept[1]

    async def theirs(self, who: Caller, language: str, now: datetime) -> Mapping[str, Organisation]:
        """Those that they keep: of their territories for a coordinator, all for others."""
        found = await self.all(who, language, now)
        if Role.ADMINISTRATOR in who.roles:
            return found
        return {name: each for name, each in found.items() if each.is_in(who.territories)}

    async def _read(self, who: Caller, language: str) -> Mapping[str, Organisation]:
        found: dict[str, Organisation] = {}
        cursor: str | None = None
        while True:
            query: dict[str, Any] = {"limit": A_PAGE, "cursor": cursor}
            page = await self._peers.ask(
                who, language, ("referral", "GET", "/directory"), query=query
            )
            for each in page["organisations"]:
                areas = tuple(area["code"] for area in each["areas"])
                found[each["organisation"]] = Organisation(
                    each["organisation"], each["name"], each["kind_name"], areas
                )
            cursor = page.get("next")
            if cursor is None:
                return dict(sorted(found.items(), key=lambda pair: pair[1].name.casefold()))
