"""The rules hold whatever people and processes do, and laws that did not hold would be noticed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS
from tests.simulation.planting import Mutant, planted
from tests.simulation.run import some
from tests.simulation.seed import play, told
from tests.simulation.trial import Tried, hunt, share

ROOT = Path(__file__).parents[2]
SEEDS = 100
"""How many are played here; the campaign plays ten thousand."""
LIVES, CAUGHT = 10, 0.8
"""Seeds a planted bug may live here, and the share of bugs that are caught within them. In the
campaign it may live 600, and 95 % are: the hardest tenth takes three quarters of the time."""


def test_every_law_holds() -> None:
    """Some days of some twenty service requests a seed, every law after every step."""
    tally = some(1, SEEDS)
    assert not tally.broken, "\n".join(told(tally.broken[0].seed))
    assert tally.requests > 10 * SEEDS
    assert tally.steps > 80 * SEEDS


def test_one_seed_is_one_history() -> None:
    """Also in another process, where sets have another order: a finding can be looked at again."""
    here = "\n".join(told(11)) + "\n"
    assert here == "\n".join(told(11)) + "\n"
    command = (sys.executable, "-m", "tests.simulation", "--tell", "11")
    other = os.environ | {"PYTHONHASHSEED": "4711"}
    there = subprocess.run(
        command, cwd=ROOT, env=other, check=True, capture_output=True, text=True, timeout=60
    )
    assert here == there.stdout


def test_planted_bugs_are_noticed() -> None:
    """Most of a hundred bugs in the rules, each within a few seeds; which not is printed."""
    tried = [Tried(mutant, hunt(place, LIVES)) for place, mutant in enumerate(MUTANTS)]
    missed = [each.line for each in tried if each.caught is None]
    assert len(tried) >= 100
    assert share(tried) >= CAUGHT, "\n".join(missed)


def test_a_bug_is_gone_when_it_was_noticed() -> None:
    """What was planted does not stay in the process."""
    assert hunt(0, LIVES) is not None
    assert play(1).broken is None


def test_a_bug_that_fits_no_rule_any_more_is_not_planted() -> None:
    """A rule that was changed takes its bugs with it, and says so, instead of seeming safe."""
    rule = MUTANTS[0].rule
    stale = Mutant("stale", "The rule says nothing of the kind.", rule, "no such words", "pass")
    with pytest.raises(LookupError, match="stale"), planted(stale):
        pass


def test_every_bug_has_a_name_of_its_own() -> None:
    """And a sentence that a person can judge it by."""
    assert len({each.name for each in MUTANTS}) == len(MUTANTS)
    assert all(each.sentence.endswith(".") for each in MUTANTS)
