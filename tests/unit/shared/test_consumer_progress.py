"""When a consumer counts as stuck: work left, nothing to wait for, and nothing done."""

from collections.abc import Mapping, Set

from shared.bus.consumer_progress import Partition, Progress, Standing

A: Partition = ("tirek.intake", 0)
B: Partition = ("tirek.intake", 1)
C: Partition = ("tirek.notify", 0)
LOOKS = 3


class Watched:
    """A consumer as looked at again and again."""

    def __init__(self) -> None:
        self.progress = Progress()

    def look(
        self, now: Mapping[Partition, tuple[int, int]], waiting: Set[Partition] = frozenset()
    ) -> list[Partition]:
        """What is stuck, each partition being at an offset of its log and that log so long."""
        seen = {where: Standing(at, at, end) for where, (at, end) in now.items()}
        self.progress = self.progress.after(seen, waiting)
        return self.progress.stuck(LOOKS)

    def last(
        self,
        now: Mapping[Partition, tuple[int, int]],
        waiting: Set[Partition] = frozenset(),
        *,
        looks: int = LOOKS,
    ) -> list[Partition]:
        """The same after as many looks as make it stuck if nothing was done."""
        for _ in range(looks - 1):
            assert self.look(now, waiting) == []
        return self.look(now, waiting)


def test_work_without_progress_is_stuck_after_so_many_looks() -> None:
    """Not before."""
    it = Watched()
    assert it.look({A: (10, 15)}) == []
    assert it.last({A: (10, 15)}) == [A]


def test_who_moves_is_not_stuck_however_much_is_left() -> None:
    """A backlog of days is work, and work is done."""
    it = Watched()
    for done in range(100):
        assert it.look({A: (done, 10_000)}) == []


def test_what_is_done_counts_before_it_is_committed() -> None:
    """A long batch commits at its end; each record that is dealt with says that it lives."""
    progress = Progress()
    for done in range(100):
        progress = progress.after({A: Standing(10, 10 + done, 500)}, frozenset())
        assert progress.stuck(LOOKS) == []


def test_a_log_that_was_made_anew_begins_from_nothing() -> None:
    """What was done of the one before it is no measure of what is done of this one."""
    progress = Progress()
    for committed in range(100):
        progress = progress.after({A: Standing(committed, 5_000, 500)}, frozenset())
        assert progress.stuck(LOOKS) == []


def test_who_has_nothing_to_do_may_rest_for_days() -> None:
    """And has all its patience when something comes."""
    it = Watched()
    for _ in range(1_000):
        assert it.look({A: (10, 10)}) == []
    assert it.look({A: (10, 11)}) == []
    assert it.last({A: (10, 11)}) == [A]


def test_who_waits_by_name_is_not_stuck() -> None:
    """It says what for; its patience begins when it goes on."""
    it = Watched()
    for _ in range(1_000):
        assert it.look({A: (10, 15)}, {A}) == []
    assert it.look({A: (10, 15)}) == []
    assert it.last({A: (10, 15)}) == [A]


def test_a_partition_that_comes_back_is_new() -> None:
    """A rebalance took it away: somebody else's standing still is not ours."""
    it = Watched()
    assert it.last({A: (10, 15)}) == []
    assert it.look({}) == []
    assert it.last({A: (10, 15)}) == []


def test_a_partition_whose_turn_has_not_come_is_not_stuck() -> None:
    """One thing at a time: as long as what stood before it is done, it has only to wait."""
    it = Watched()
    for done in range(50):
        assert it.look({A: (done, 50), B: (0, 50), C: (0, 50)}) == []
    for done in range(50):
        assert it.look({A: (50, 50), B: (done, 50), C: (0, 50)}) == []
    for done in range(50):
        assert it.look({A: (50, 50), B: (50, 50), C: (done, 50)}) == []


def test_a_partition_that_others_pass_by_is_stuck() -> None:
    """What came later elsewhere is done, and what waits here is not: nobody fetches it."""
    it = Watched()
    looks = [it.look({A: (10 + n, 11 + n), B: (5, 6)}) for n in range(6)]
    assert looks[0] == []
    assert looks[-1] == [B]


def test_a_neighbour_that_waits_again_and_again_is_no_excuse() -> None:
    """Once it is: it was tried in the same batch."""
    it = Watched()
    for n in range(LOOKS + 1):
        waiting = {B} if n % 2 else set()
        assert it.look({A: (5, 6), B: (7, 8)}, waiting) == []
    assert it.look({A: (5, 6), B: (7, 8)}, {B}) == [A]


def test_a_batch_that_is_put_to_wait_partition_by_partition_is_not_stuck() -> None:
    """Each try may take its ten seconds, and the last one's turn comes after all the others."""
    it = Watched()
    assert it.last({A: (5, 6), B: (5, 6), C: (5, 6)}) == []
    assert it.last({A: (5, 6), B: (5, 6), C: (5, 6)}, {A}) == []
    assert it.last({A: (5, 6), B: (5, 6), C: (5, 6)}, {A, B}) == []
    assert it.look({A: (5, 6), B: (5, 6), C: (5, 6)}, {A, B, C}) == []
