"""The table of who looked at what: the same rows as on screen."""

from collections.abc import Iterable, Iterator, Sequence

from services.audit.seen.reading import What
from services.audit.seen.views import LookView
from services.audit.seen.words import KINDS, LOOKS, REASONS
from services.audit.tables_figures import stamp
from services.audit.words_figures import Said
from shared.csv_text import Cell

ROW = (
    "when",
    "person",
    "organisation",
    "what was done",
    "of what kind",
    "record",
    "why not",
    "was there one",
    "times",
    "rows",
    "where from",
)
YES, NO = "yes", "no"


def rows(of: Iterable[LookView], said: Said) -> Iterator[Sequence[Cell]]:
    """The rows under `ROW`."""
    for each in of:
        taken = each.what is What.EXPORTED
        yield (
            stamp(each.at, said),
            each.staff_id,
            each.organisation,
            said.say(LOOKS[each.what]),
            said.say(KINDS.get(each.kind, each.kind)),
            each.record,
            each.reason and said.say(REASONS.get(each.reason, each.reason)),
            None if each.found is None else said.say(YES if each.found else NO),
            1 if taken else each.times,
            each.times if taken else None,
            each.seat and said.say(KINDS.get(each.seat, each.seat)),
        )
