"""Vocabulary: what codes are called in the person's language, as the services say it.

Asked once a language and a while: codes and their names are no secret, and change with a release.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from services.console.peers.client import PeerDown, Peers
from shared.security.tokens import Caller

KEPT = timedelta(minutes=5)
Lists = Mapping[str, list[dict[str, Any]]]
"""Each list by its name: rows of ``code``, ``label``, and whether a person may choose it."""


class Words:
    """The lists of one language."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._labels: Mapping[str, Mapping[str, str]] = {
            name: {row["code"]: row["label"] for row in rows} for name, rows in lists.items()
        }

    def of(self, name: str) -> list[tuple[str, str]]:
        """A list to choose from: (code, words) of what a person may give."""
        return [(row["code"], row["label"]) for row in self._lists[name] if row["chosen"]]

    def label(self, name: str, code: str | None) -> str:
        """What a code of a list is called; as it is where nobody knows it."""
        return self._labels.get(name, {}).get(code or "", code or "")


class Vocabulary:
    """A service's ``GET /vocabularies`` and intake's ``GET /forms``, kept for a while."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._kept: dict[tuple[str, str], tuple[datetime, Any]] = {}

    async def lists(self, who: Caller, language: str, now: datetime, service: str) -> Words:
        """A service's lists. Raises `PeerDown` where nobody has ever asked for them."""
        words: Words = await self._of(who, language, now, (service, "/vocabularies", Words))
        return words

    async def forms(self, who: Caller, language: str, now: datetime) -> Any:
        """What a report asks, with its labels, as intake says it."""
        return await self._of(who, language, now, ("intake", "/forms", dict))

    async def _of(
        self, who: Caller, language: str, now: datetime, at: tuple[str, str, Callable[[Any], Any]]
    ) -> Any:
        service, path, read = at
        kept = self._kept.get((service, language))
        if kept is None or kept[0] <= now - KEPT:
            try:
                answer = await self._peers.ask(who, language, (service, "GET", path))
            except PeerDown:
                if kept is None:
                    raise
                return kept[1]  # words that are a while old are better than none
            kept = self._kept[service, language] = now, read(answer)
        return kept[1]
