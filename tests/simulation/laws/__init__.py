"""The laws: one function each; its docstring is the law, its answer what does not fit, or none.

They know the case as it was reported and the book of what was done, and judge what the model
decided by that; no law asks the model.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime

from tests.simulation.book import Book, Broken
from tests.simulation.laws import answering, asking, placing, telling, timing
from tests.simulation.stage import Heard
from tests.simulation.step import Change, Step

OfChange = Callable[[Book, Step, Change], str | None]
OfAnswer = Callable[[Book, Step, Heard], str | None]
OfStep = Callable[[Book, Step], str | None]

OF_STATES: tuple[OfChange, ...] = (
    answering.one_yes_at_most,
    answering.the_holder_may_know,
    timing.a_deadline_or_a_human,
    timing.the_next_tier_has_its_time,
    timing.a_new_holder_takes_over,
    timing.a_holder_is_reminded,
    timing.a_long_case_is_looked_at,
    telling.each_decision_is_one_version,
    telling.every_move_is_said,
    telling.progress_is_said_once,
    telling.progress_is_what_the_offers_say,
    telling.closed_is_closed,
    telling.nothing_is_forgotten,
)
"""Of each decision in a step: how it leaves the service request."""
OF_DEEDS: tuple[OfChange, ...] = (
    asking.nobody_excluded_is_told,
    asking.nobody_is_asked_who_may_not_be,
    asking.matching_leaves_nobody_out,
    asking.the_best_is_asked_first,
    asking.nobody_is_asked_again,
    asking.a_round_has_its_length,
    asking.one_is_asked_at_a_time,
    asking.exhausted_only_when_nobody_is_left,
    asking.every_asking_is_told,
    asking.tiers_come_in_turn,
    answering.a_yes_ends_the_others,
    answering.after_an_undo_the_others_are_asked_again,
    timing.nothing_is_early,
    timing.deadlines_are_the_policys,
    timing.a_pause_ends_with_a_human,
    timing.silence_is_told,
    telling.ended_is_ended,
)
"""Of each decision that looked around or said something: by what was known when it was taken."""
OF_ANSWERS: tuple[OfAnswer, ...] = (
    answering.an_answer_stands_unless_there_is_a_reason,
    answering.late_is_told_as_late,
)
"""Of each answer: by what was known when it was judged."""
OF_STEPS: tuple[OfStep, ...] = (
    answering.every_answer_is_judged,
    answering.whoever_may_not_have_it_gets_nothing,
    answering.undo_is_for_its_giver_and_for_minutes,
    answering.saying_it_again_changes_nothing,
    placing.no_more_is_held_than_there_is,
    placing.a_place_is_given_back_once,
    placing.a_hold_gives_way_to_higher_risk_alone,
    timing.nothing_is_missed,
    timing.what_waits_for_consent_is_told,
    telling.what_is_decided_is_stored,
    telling.a_consent_that_ends_ends_what_it_allowed,
    telling.a_unit_that_is_excluded_has_nothing,
)
"""Of a step as a whole."""


def look_at(book: Book, step: Step) -> None:
    """Every law after one step; raises `Broken`.

    Where nothing was done, said or heard, none can break: what is heard and ignored may break one.
    """
    if not (step.changes or step.heard or step.deed or step.events):
        return
    answers = deque(step.heard)
    for at, change in enumerate(step.changes):
        while answers and answers[0].after <= at:
            _of_answer(book, step, answers.popleft())
        book.learn(step, change)
        _of_change(OF_STATES, book, step, change)
        if change.facts or change.looks:
            _of_change(OF_DEEDS, book, step, change)
            book.note(step, change)
    for heard in answers:
        _of_answer(book, step, heard)
    for of_step in OF_STEPS:
        said = of_step(book, step)
        if said is not None:
            raise Broken(of_step.__name__, said)


def look_at_end(book: Book, now: datetime) -> None:
    """What must hold when everybody has been silent for ever."""
    said = timing.in_the_end_a_human(book, now)
    if said is not None:
        raise Broken(timing.in_the_end_a_human.__name__, said)


def _of_answer(book: Book, step: Step, heard: Heard) -> None:
    for law in OF_ANSWERS:
        said = law(book, step, heard)
        if said is not None:
            raise Broken(law.__name__, said)


def _of_change(laws: tuple[OfChange, ...], book: Book, step: Step, change: Change) -> None:
    for law in laws:
        said = law(book, step, change)
        if said is not None:
            raise Broken(law.__name__, f"{change.after.id}: {said}")
