"""Words of codes, kept for a while."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from services.console.frame.vocabulary import Vocabulary
from services.console.peers.client import PeerDown, Peers
from shared.security.tokens import Caller

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Silent:
    """Answers once, and never again."""

    def __init__(self) -> None:
        self.answers: list[Any] = [{"needs": []}]

    async def ask(self, *_: Any) -> Any:
        """The first asking is answered."""
        if not self.answers:
            raise PeerDown("intake")
        return self.answers.pop()


async def test_old_words_are_better_than_none() -> None:
    """While a service is down its lists are said as they were: a page needs them to give back what
    was typed."""
    words, who = Vocabulary(cast(Peers, Silent())), Caller("st-one", "desk")
    for later in (NOW, NOW + timedelta(days=1)):
        assert await words.forms(who, "ky", later) == {"needs": []}
