"""What people do who are asked: they answer, decline, fall silent, answer late, take it back.

Each organisation has a temper. A deed is planned when its person hears of something; whether it is
still possible when its time comes is for referral to say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from shared.events.referral import OfferChanged, OfferRequested
from shared.events.words import Answer, Channel, OfferStatus, RejectReason
from tests.simulation.cases import Case
from tests.simulation.country import Country

TEMPERS = {
    "diligent": {"yes": 5, "seen": 2, "no": 1},
    "busy": {"no": 5, "seen": 1, "silent": 1},
    "silent": {"silent": 6, "late": 2, "seen": 1},
    "slow": {"last moment": 3, "late": 3, "seen": 2, "late no": 1},
    "muddled": {"two": 4, "other mind": 3, "yes": 1, "stranger": 2},
}
REASONS = (*RejectReason, RejectReason.AT_CAPACITY)
CHANNELS = (Channel.SMS, Channel.SMS, Channel.API, Channel.API, Channel.DESK)
HOLDERS = (Answer.ON_THE_WAY, Answer.ARRIVED, Answer.UNABLE)
"""Words of a case holder: over HTTP these are acts of their own."""
UNDO = timedelta(minutes=2)
"""T_undo of the shipped jurisdiction: some try just then, and some just after."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a person will do about an offer. ``act`` is an answer, or an act of care."""

    at: datetime
    act: str
    offer: str
    organisation: str
    person: str
    channel: Channel = Channel.API
    reason: RejectReason | None = None


Reaction = Callable[["Providers", OfferRequested, str, datetime], Iterator[Deed]]


@dataclass(slots=True)
class Providers:
    """The people of a country. ``asleep``: the end is near, and nobody does anything any more."""

    dice: Random
    country: Country
    tempers: dict[str, str]
    asleep: bool = False

    def told(self, asked: OfferRequested, case: Case, now: datetime) -> list[Deed]:
        """What the people of an organisation will do after they were told of an offer."""
        if self.asleep:
            return []
        weights = TEMPERS[self.tempers[asked.organisation]]
        choice = self.dice.choices(list(weights), list(weights.values()))[0]
        staff = self.country.people[asked.organisation]
        if choice == "stranger" or self.dice.random() < 0.02:
            staff = tuple(sorted(case.people)) or staff
        return list(REACTIONS.get(choice, _yes)(self, asked, self.dice.choice(staff), now))

    def holds(self, moved: OfferChanged, now: datetime) -> list[Deed]:
        """What the case holder will do next, after the offer came to this state."""
        if self.asleep or moved.person is None:
            return []
        plan = PLANS.get(moved.after)
        if plan is None:
            return []
        act, at = plan(self.dice, now, moved.deadline)
        if act is None:
            return []
        channel = Channel.SMS if act in list(HOLDERS) else Channel.API
        return [Deed(at, act, moved.offer_id, moved.organisation, moved.person, channel)]

    def answer(self, asked: OfferRequested, person: str, at: datetime, answer: Answer) -> Deed:
        """An answer over any channel."""
        reason = self.dice.choice(REASONS) if answer is Answer.REJECT else None
        channel = Channel.SMS if answer in HOLDERS else self.dice.choice(CHANNELS)
        return Deed(at, answer, asked.offer_id, asked.organisation, person, channel, reason)

    def within(self, now: datetime, end: datetime, share: float = 0.9) -> datetime:
        """Some whole second between now and a share of the time until then."""
        left = max(1.0, (end - now).total_seconds() * share)
        return now + timedelta(seconds=self.dice.randint(1, max(1, int(left))))


def providers(dice: Random, country: Country) -> Providers:
    """Everybody with a temper of theirs."""
    tempers = {each: dice.choice(list(TEMPERS)) for each in country.directory.organisations}
    return Providers(dice, country, tempers)


def _yes(them: Providers, asked: OfferRequested, who: str, now: datetime) -> Iterator[Deed]:
    yield them.answer(asked, who, them.within(now, asked.deadline), Answer.ACCEPT)


def _no(them: Providers, asked: OfferRequested, who: str, now: datetime) -> Iterator[Deed]:
    yield them.answer(asked, who, them.within(now, asked.deadline), Answer.REJECT)


def _silent(_them: Providers, _asked: OfferRequested, _who: str, _: datetime) -> Iterator[Deed]:
    yield from ()


def _seen(them: Providers, asked: OfferRequested, who: str, now: datetime) -> Iterator[Deed]:
    """Seen first; then a decision in time, on the last instant, late, or never."""
    seen = them.within(now, asked.deadline)
    yield them.answer(asked, who, seen, Answer.RECEIVED)
    limit = seen + (asked.decide_by - asked.deadline)
    answer = them.dice.choice([Answer.ACCEPT, Answer.REJECT])
    match them.dice.randrange(4):
        case 0 | 1:
            yield them.answer(asked, who, them.within(seen, limit), answer)
        case 2:
            yield them.answer(asked, who, limit, answer)


def _last_moment(them: Providers, asked: OfferRequested, who: str, _: datetime) -> Iterator[Deed]:
    answer = them.dice.choice([Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT, Answer.RECEIVED])
    yield them.answer(asked, who, asked.deadline, answer)


def _late(them: Providers, asked: OfferRequested, who: str, now: datetime) -> Iterator[Deed]:
    late = asked.deadline + timedelta(seconds=them.dice.choice([1, 30, 600, 7200]))
    yield them.answer(asked, who, late, them.dice.choice([Answer.ACCEPT, Answer.RECEIVED]))


def _late_no(them: Providers, asked: OfferRequested, who: str, now: datetime) -> Iterator[Deed]:
    yield them.answer(asked, who, asked.deadline + timedelta(seconds=5), Answer.REJECT)


def _two(them: Providers, asked: OfferRequested, _: str, now: datetime) -> Iterator[Deed]:
    """Two colleagues answer, perhaps in the same second, and need not agree."""
    at = them.within(now, asked.deadline)
    for who in them.country.people[asked.organisation]:
        answer = them.dice.choice([Answer.ACCEPT, Answer.ACCEPT, Answer.REJECT, Answer.RECEIVED])
        yield them.answer(asked, who, at + timedelta(seconds=them.dice.choice([0, 0, 40])), answer)


def _other_mind(them: Providers, asked: OfferRequested, who: str, now: datetime) -> Iterator[Deed]:
    """One who says this, and then that."""
    first = them.within(now, asked.deadline, 0.5)
    for at in (first, first + timedelta(seconds=them.dice.choice([5, 60, 300]))):
        yield them.answer(asked, who, at, them.dice.choice(list(Answer)))


REACTIONS: dict[str, Reaction] = {
    "yes": _yes,
    "no": _no,
    "silent": _silent,
    "seen": _seen,
    "last moment": _last_moment,
    "late": _late,
    "late no": _late_no,
    "two": _two,
    "other mind": _other_mind,
    "stranger": _yes,
}

Plan = Callable[[Random, datetime, datetime | None], tuple[str | None, datetime]]


def _accepted(dice: Random, now: datetime, limit: datetime | None) -> tuple[str | None, datetime]:
    until = limit or now + timedelta(hours=1)
    soon = now + (until - now) * dice.random()
    return dice.choice(
        [
            *[("start", soon.replace(microsecond=0))] * 4,
            ("start", until),
            ("on the way", soon.replace(microsecond=0)),
            *[(word, soon.replace(microsecond=0)) for word in HOLDERS],
            (Answer.ARRIVED, until),
            ("release", now + timedelta(seconds=dice.randint(1, 100))),
            ("release", now + UNDO),
            ("release", now + UNDO + timedelta(seconds=dice.randint(1, 5))),
            ("fail", now + timedelta(minutes=dice.randint(1, 90))),
            ("hold", now + timedelta(minutes=dice.randint(1, 20))),
            ("hand-over", now + timedelta(minutes=dice.randint(1, 20))),
            (None, now),
        ]
    )


def _in_progress(dice: Random, now: datetime, _: datetime | None) -> tuple[str | None, datetime]:
    later = now + timedelta(minutes=dice.randint(5, 1500))
    return dice.choice(["complete"] * 4 + ["hold", "fail", "hand-over", None, None]), later


def _on_hold(dice: Random, now: datetime, limit: datetime | None) -> tuple[str | None, datetime]:
    later = now + timedelta(minutes=dice.randint(5, 300))
    return dice.choice(["resume", "resume", "complete", "fail", "hold", None, None]), later


PLANS: dict[OfferStatus, Plan] = {
    OfferStatus.ACCEPTED: _accepted,
    OfferStatus.IN_PROGRESS: _in_progress,
    OfferStatus.ON_HOLD: _on_hold,
}
