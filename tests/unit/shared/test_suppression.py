"""What is held back of figures about survivors cannot be computed from what is not."""

from collections import defaultdict
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from shared.suppression import SMALLEST, Path, held_back, small, sums

COUNTS = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.sampled_from("rstu"), st.sampled_from("1234")),
    st.just(0) | st.integers(1, 7) | st.integers(0, 30),
    min_size=1,
    max_size=16,
)
"""By committee, in raions of two oblasts: many are small."""


def ranges(known: dict[Path, int], held: frozenset[Path]) -> dict[Path, tuple[float, float]]:
    """What somebody who adds and subtracts can tell of each place: at least, and at most."""
    low = {path: 0 if path in held else count for path, count in known.items()}
    high: dict[Path, float] = {p: inf if p in held else count for p, count in known.items()}
    within: dict[Path, list[Path]] = defaultdict(list)
    for path in known:
        if path:
            within[path[:-1]].append(path)
    for _ in range(8):  # down and up a tree of four levels, and back
        for above, parts in within.items():
            low[above] = max(low[above], sum(low[each] for each in parts))
            high[above] = min(high[above], sum(high[each] for each in parts))
            for one in parts:
                others = [each for each in parts if each != one]
                least, most = sum(low[each] for each in others), sum(high[each] for each in others)
                high[one] = min(high[one], high[above] - least)
                low[one] = max(low[one], int(max(0, low[above] - most)))
    return {path: (low[path], high[path]) for path in known}


@given(COUNTS)
def test_no_small_count_is_shown_below_the_oblast(counts: dict[Path, int]) -> None:
    """Neither a committee's nor a raion's; the oblast's own is printed as it is."""
    held, known = held_back(counts), sums(counts)
    shown = {path: count for path, count in known.items() if path not in held}
    assert not [path for path, count in shown.items() if len(path) > 1 and small(count)]
    assert all(path in shown for path in known if len(path) < 2)


@given(COUNTS)
def test_no_sum_gives_away_what_is_held_back(counts: dict[Path, int]) -> None:
    """What is held back may be nobody or `SMALLEST` people, or all of its oblast, so far as whoever
    adds and subtracts can tell; but where the oblast has one place alone, which is the oblast."""
    held, known = held_back(counts), sums(counts)
    for path, (low, high) in ranges(known, held).items():
        alone = sum(each[:1] == path[:1] and len(each) == len(path) for each in known) == 1
        if path in held and small(known[path]) and not alone:
            assert low == 0
            assert high >= min(SMALLEST, known[path[:1]])


@given(COUNTS)
def test_places_are_held_back_for_a_reason_and_whole(counts: dict[Path, int]) -> None:
    """Without a small count nothing is; and a place that is held back hides all that is in it."""
    held = held_back(counts)
    if not any(small(count) for count in counts.values()):
        assert not held
    assert all(path in held for path in sums(counts) if path[:-1] in held)


@given(COUNTS, st.randoms())
def test_the_choice_is_the_figures_alone(counts: dict[Path, int], chance: object) -> None:
    """In whatever order they come, and whatever the other oblast has: two cuts agree."""
    shuffled = list(counts.items())
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert held_back(dict(shuffled)) == held_back(counts)
    apart = [{p: n for p, n in counts.items() if p[0] == oblast} for oblast in "AB"]
    assert held_back(counts) == held_back(apart[0]) | held_back(apart[1])
