"""When the ledger was forked: never because of one witness alone, unless something explains it."""

from itertools import combinations, product

import pytest

from deploy.simulators import witnesses as simulated
from services.audit.ledger.policy import Policy
from services.audit.ledger.policy_file import parse_policy
from services.audit.witnesses.parting import has_parted

NAMES = simulated.NAMES
SUBSETS = [set(some) for count in range(4) for some in combinations(NAMES, count)]
LINES = "".join(f"witness {name} {simulated.key(name).verifier}\n" for name in NAMES)


def policy(least: int) -> Policy:
    """So many of the three; 0: a quorum of none."""
    group = f"group enough {least} {' '.join(NAMES)}\nquorum enough\n" if least else "quorum none\n"
    return parse_policy((LINES + group).encode())


@pytest.mark.parametrize(("least", "takes"), [(0, 4), (1, 3), (2, 2), (3, 3)])
def test_unexplained_as_many_must_say_it_that_the_rest_would_not_do(least: int, takes: int) -> None:
    """Of two of three it takes two. Of any one it takes all: one liar is not to start a ledger anew
    while the others cosign on; nor does one where the policy asks for all, and none where it asks
    for nobody."""
    for by in SUBSETS:
        parted = has_parted(policy(least), by, restored=False, signed=False)
        assert parted == (len(by) >= takes)


def test_explained_by_a_restore_or_by_our_own_signature_one_is_enough() -> None:
    """But nobody is none, and somebody whom the policy does not name is nobody. More of them never
    make it less."""
    for least, (restored, signed) in product(range(4), [(True, False), (False, True)]):
        for by in SUBSETS:
            known = policy(least)
            assert has_parted(known, by, restored=restored, signed=signed) == bool(by)
            alone = has_parted(known, by, restored=False, signed=False)
            assert not alone or has_parted(known, by, restored=restored, signed=signed)
        assert not has_parted(policy(least), {"press"}, restored=restored, signed=signed)
