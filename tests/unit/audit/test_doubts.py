"""Audit judges each answer anew, and finds what referral made of it that does not fit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.audit.facts.model.doubts import PATIENCE, Code, doubts, look_again
from services.audit.facts.model.said import Asked, Need, Said
from shared.events.referral import PolicyTimers
from shared.events.words import Answer, Judgement, Urgency
from shared.events.words import OfferStatus as S
from tests.support.lives import Story, asked, at, placed

IN_FORCE = PolicyTimers(
    version="v1",
    ack=timedelta(minutes=5),
    decide=timedelta(minutes=10),
    contact=timedelta(minutes=30),
)
MUCH_LATER = at(600)


class Elsewhere:
    """A country that counts every minute, and has one policy."""

    def deadline(self, _service_type: str, start: datetime, amount: timedelta) -> datetime:
        """By the clock on the wall."""
        return start + amount

    def timers(self, version: str, _service_type: str, _urgency: Urgency) -> PolicyTimers | None:
        """Of one version."""
        return IN_FORCE if version == IN_FORCE.version else None


def found(said: list[Said], now: datetime = MUCH_LATER) -> list[tuple[Code, str]]:
    """What does not fit, and which event shows it."""
    return sorted((each.code, each.said.event_id) for each in doubts(said, Elsewhere(), now))


def under(timers: PolicyTimers, story: Story) -> Story:
    """The story, with the policy that its need was opened under."""
    for place, each in enumerate(story.said):
        if isinstance(each.words, Need):
            words = each.words.model_copy(update={"timers": timers, "urgency": Urgency.IMMEDIATE})
            story.said[place] = replace(each, words=words)
    return story


def test_what_is_right_is_not_doubted() -> None:
    """In any order; answers by messages, by a screen, in time and late, on hold and resumed."""
    story = placed()
    story.move(20, S.ACCEPTED, S.ON_HOLD, by={"contact_by": at(37)}, received=20)
    story.move(40, S.ON_HOLD, S.ACCEPTED, by={"contact_by": at(70)}, received=40)
    story.move(50, S.ACCEPTED, S.IN_PROGRESS, received=50)
    assert found(under(IN_FORCE, story).said[::-1]) == []
    story = asked()
    story.move(6.1, S.REQUESTED, S.EXPIRED)
    story.judge(8, story.answer(7, Answer.REJECT), Judgement.TOO_LATE)
    by = {"late": True, "contact_by": at(39)}
    story.move(9, S.EXPIRED, S.ACCEPTED, by=by, received=9, channel="console")
    assert found(under(IN_FORCE, story).said) == []


def late_as_in_time(story: Story) -> Said:
    """A yes after the limit, said to be in time."""
    return story.move(7, S.REQUESTED, S.ACCEPTED, received=7)


def in_time_as_late(story: Story) -> Said:
    """The other way round."""
    return story.move(6, S.REQUESTED, S.ACCEPTED, by={"late": True}, received=6)


def seen_too_late(story: Story) -> Said:
    """ "Seen" after the limit gives no time to decide."""
    return story.move(7, S.REQUESTED, S.RECEIVED, by={"deadline": at(17)}, received=7)


def over_before_its_time(story: Story) -> Said:
    """Nobody was waited for so long as was said."""
    return story.move(4, S.REQUESTED, S.EXPIRED)


def refused_in_time(story: Story) -> Said:
    """A no at the limit is none too late."""
    return story.judge(8, story.answer(6, Answer.REJECT), Judgement.TOO_LATE)


@pytest.mark.parametrize(
    "event",
    [late_as_in_time, in_time_as_late, seen_too_late, over_before_its_time, refused_in_time],
)
def test_a_difference_in_judging_is_found(event: Callable[[Story], Said]) -> None:
    """By the limits that were said when they were asked, and by nothing that came later."""
    story = asked()
    shows = event(story)
    assert found(story.said) == [(Code.JUDGED_OTHERWISE, shows.event_id)]


def test_a_limit_that_is_not_the_policys_is_found() -> None:
    """Of the asking, of the acknowledgement, of the next tier, and of the contact; by the version
    in force, for another may count other hours."""
    story = under(IN_FORCE, asked())
    place = next(at for at, each in enumerate(story.said) if isinstance(each.words, Asked))
    first = story.said[place]
    longer = {"answer_by": at(7), "decide_by": at(17)}
    story.said[place] = replace(first, words=first.words.model_copy(update=longer))
    assert found(story.said) == [(Code.LIMIT, first.event_id)]
    before = IN_FORCE.model_copy(update={"version": "v0"})
    assert found(under(before, story).said) == [], "who knows which hours that counted"
    story = under(IN_FORCE, asked())
    seen = story.move(3, S.REQUESTED, S.RECEIVED, by={"deadline": at(14)}, received=3)
    again = story.ask(4, tier=2)
    yes = story.move(5, S.RECEIVED, S.ACCEPTED, by={"contact_by": at(36)}, received=5)
    wrong = sorted((Code.LIMIT, each.event_id) for each in (seen, again, yes))
    assert found(story.said) == wrong


def test_a_policy_that_is_another_one_is_found() -> None:
    """Than it was when the need was opened, or than the one of that name; a name that is not known
    here any more is not judged."""
    slower = IN_FORCE.model_copy(update={"contact": timedelta(hours=3)})
    story = under(slower, Story())
    story.need(0)
    opened = under(slower, story).said[0]
    assert found(story.said) == [(Code.POLICY, opened.event_id)]
    assert found(under(slower.model_copy(update={"version": "v0"}), story).said) == []
    story.need(1)
    later = under(IN_FORCE.model_copy(update={"version": "v0"}), story).said[1]
    story.said[0] = under(IN_FORCE, story).said[0]
    story.said[1] = later
    assert found(story.said) == [(Code.POLICY, later.event_id)]


def test_a_judgement_without_its_answer_is_found_in_time() -> None:
    """Not before the answer has had its time to come; and the edge that it made is one, too."""
    story = placed()
    lacks = [each for each in story.said if each.source == "referral" or each.channel is None]
    judged = [each for each in lacks if each.cause == "e6" and each.offer_id is not None]
    soon = at(7) + PATIENCE - timedelta(seconds=1)
    assert found(lacks, at(7)) == []
    assert look_again(lacks, at(7)) == at(4) + PATIENCE
    assert {Code.NO_ANSWER} == {code for code, _ in found(lacks)}
    assert {each.event_id for each in judged} <= {event for _, event in found(lacks)}
    assert look_again(lacks, MUCH_LATER) is look_again(story.said, soon) is None
    late = [replace(each, heard_at=MUCH_LATER) for each in lacks]
    assert found(late, MUCH_LATER) == [], "audit was away, and hears both now"
    assert look_again(late, MUCH_LATER) == MUCH_LATER + PATIENCE


@pytest.mark.parametrize(
    "more", [{"received": 3, "channel": "sms"}, {}, {"received": 3, "cause": "x"}]
)
def test_an_edge_that_nobodys_answer_took_is_found(more: dict[str, Any]) -> None:
    """A message that notify never had, no act at all, or one of a cause that nobody knows."""
    story = asked()
    shows = story.move(3, S.REQUESTED, S.ACCEPTED, **more)
    assert found(story.said) == [(Code.NO_ANSWER, shows.event_id)]


def test_another_time_of_receipt_is_found() -> None:
    """Than notify's, where notify took it; than the event's own, where referral did."""
    story = placed()
    story.said = [
        replace(each, received_at=at(2)) if each.event_id in ("e5", "e9") else each
        for each in story.said
    ]
    assert found(story.said) == [(Code.OTHER_TIME, "e5"), (Code.OTHER_TIME, "e9")]
    story = asked()
    shows = story.move(9, S.REQUESTED, S.ACCEPTED, received=5, channel="api")
    assert found(story.said) == [(Code.OTHER_TIME, shows.event_id)]
