"""Each edge of an offer's life, and each edge that must not exist."""

from itertools import product

import pytest

from services.referral.model.lifecycle import EDGES, Party, check
from shared.errors import Conflict
from shared.events.words import OfferStatus as S

# The table of the architecture, by hand and apart from the code: who may take which edge.
P, C, SYS, K = Party.PROVIDER, Party.COORDINATOR, Party.SYSTEM, Party.CLOCK
TABLE = {
    "draft": {"requested": {SYS}, "cancelled": {SYS}},
    "requested": {
        "received": {P},
        "accepted": {P},
        "rejected": {P},
        "expired": {K},
        "cancelled": {C, SYS},
    },
    "received": {"accepted": {P}, "rejected": {P}, "expired": {K}, "cancelled": {C, SYS}},
    "expired": {"accepted": {P}},
    "cancelled": {"requested": {SYS}},
    "accepted": {
        "in-progress": {P},
        "on-hold": {P},
        "failed": {P, C, K},
        "cancelled": {SYS},
    },
    "in-progress": {"on-hold": {P}, "completed": {P}, "failed": {P, C}, "cancelled": {SYS}},
    "on-hold": {
        "accepted": {P},
        "in-progress": {P},
        "failed": {P, C, K},
        "completed": {P},
        "cancelled": {SYS},
    },
}
EVERY = [(before, after, by) for before, after, by in product(S, S, Party)]


def allowed(before: S, after: S, by: Party) -> bool:
    """Whether the table lets this be."""
    if after is S.ENTERED_IN_ERROR:
        return by is C and before is not S.ENTERED_IN_ERROR
    return by in TABLE.get(before.value, {}).get(after.value, set())


@pytest.mark.parametrize(("before", "after", "by"), EVERY)
def test_an_edge_exists_exactly_where_the_table_has_it(before: S, after: S, by: Party) -> None:
    """Twelve states squared, four parties: 576 questions, one table."""
    if allowed(before, after, by):
        check(before, after, by)
    else:
        with pytest.raises(Conflict):
            check(before, after, by)


def test_every_state_can_be_reached_and_nothing_leaves_the_last_one() -> None:
    """Entered in error is the end; every other state but draft has a way in."""
    reached = {after for _, after in EDGES}
    assert reached == set(S) - {S.DRAFT}
    assert not [edge for edge in EDGES if edge[0] is S.ENTERED_IN_ERROR]
