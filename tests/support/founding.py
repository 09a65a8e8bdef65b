"""The founding document's committees, entered into a running town."""

from datetime import UTC, datetime

from deploy.samples.founding.figures import Founding, load_founding
from deploy.samples.founding.load import Where, play
from tests.support.town import BISHKEK, EVERYTHING, Town

PARTS = (*EVERYTHING, "committee.serve", "committee.work")


async def enter(town: Town, founding: Founding) -> None:
    """Enters everything, as ``tirek committee founding load`` does."""
    key = town.stack.keys("console") / "tokens.private.json"
    where = Where(town.stack.url, key, BISHKEK)
    await play(where, founding, datetime.now(UTC), lambda *_: None)


def some(*organisations: str) -> Founding:
    """The document, of these committees alone."""
    whole = load_founding()
    kept = tuple(each for each in whole.committees if each.organisation in organisations)
    return whole.model_copy(update={"committees": kept})
