"""Pages of the console that have an address of their own, and who opens each."""

from deploy.samples import load
from deploy.samples.load import sample_caller
from shared.security.tokens import Caller
from tests.support.town import COORDINATOR, Town, someone_at

PAGES = {
    "nobody": ("/sign-in", "/device", "/invitation/made-up"),
    "worker": (
        "/queue",
        "/queue?tab=work",
        "/places",
        "/report",
        "/reports",
        "/find",
        "/duty",
        "/account",
        "/rosters/calendar",
    ),
    "operator": ("/desk",),
    "coordinator": ("/board", "/board/all", "/rosters"),
    "administrator": (
        "/rosters/of/hospital-ak-suu",
        "/rosters/of/hospital-ak-suu/new",
        "/people",
        "/people/new",
        "/people/st-6775jivy",
        "/directory",
        "/policies",
        "/running",
    ),
}
"""Every page that has an address of its own, by who opens it."""
VISITS = [(who, path) for who, paths in PAGES.items() for path in paths]


def who_opens(town: Town, who: str) -> Caller | None:
    """Somebody of the sample staff who may open these pages; none for those that anybody may."""
    if who == "worker":
        return someone_at(town, "sezim-bishkek")
    if who == "operator":
        return town.caller("st-bq4mzk7e")
    if who == "administrator":
        return sample_caller(load.ADMINISTRATOR)
    return COORDINATOR if who == "coordinator" else None
