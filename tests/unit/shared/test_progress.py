"""When a consumer counts as stuck: work left, nothing to wait for, and nothing done."""

from shared.progress import Look, Partition, Progress

A: Partition = ("tirek.intake", 0)
B: Partition = ("tirek.intake", 1)


def judged(progress: Progress, at: float, *left: tuple[Partition, int, int]) -> list[Partition]:
    """What is stuck: each partition with its records left and the offset that was reached."""
    look = Look({where: n for where, n, _ in left}, {where: done for where, _, done in left})
    return progress.judge(look, frozenset(), at)


def test_work_without_progress_is_stuck_once_patience_is_over() -> None:
    """Not before, and not for the partition beside it that moves."""
    progress = Progress(30)
    assert judged(progress, 0, (A, 5, 10), (B, 5, 10)) == []
    assert judged(progress, 30, (A, 5, 10), (B, 5, 11)) == []
    assert judged(progress, 31, (A, 5, 10), (B, 4, 12)) == [A]


def test_who_has_nothing_to_do_may_rest_for_days() -> None:
    """And has all its patience when something comes."""
    progress = Progress(30)
    for day in range(3):
        assert judged(progress, day * 86_400, (A, 0, 10)) == []
    assert judged(progress, 300_000, (A, 1, 10)) == []
    assert judged(progress, 300_031, (A, 1, 10)) == [A]


def test_who_waits_by_name_is_not_stuck() -> None:
    """It says what for; its patience begins when it goes on."""
    progress = Progress(30)
    look = Look({A: 5}, {A: 10})
    for at in range(0, 600, 10):
        assert progress.judge(look, {A}, at) == []
    assert progress.judge(look, frozenset(), 600) == []
    assert progress.judge(look, frozenset(), 631) == [A]


def test_a_partition_that_comes_back_is_new() -> None:
    """A rebalance took it away: somebody else's standing still is not ours."""
    progress = Progress(30)
    assert judged(progress, 0, (A, 5, 10)) == []
    assert judged(progress, 20) == []
    assert judged(progress, 40, (A, 5, 10)) == []


def test_what_could_not_be_seen_is_not_held_against_it() -> None:
    """Brokers that do not answer tell nothing about a consumer."""
    progress = Progress(30)
    assert judged(progress, 0, (A, 5, 10)) == []
    progress.forget()
    assert judged(progress, 40, (A, 5, 10)) == []
    assert judged(progress, 71, (A, 5, 10)) == [A]
