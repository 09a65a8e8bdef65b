"""Bugs to plant: each a small change of one rule, and a sentence about what is wrong with it."""

from tests.simulation.mutants import answering, asking, lasting, placing, timing

MUTANTS = (*asking.BUGS, *answering.BUGS, *placing.BUGS, *timing.BUGS, *lasting.BUGS)
