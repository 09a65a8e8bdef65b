"""What people type back, from the phone through a real SMSC to the act that referral judges."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from deploy.simulators.phones import State
from deploy.simulators.smsc import Smsc
from services.notify import metrics
from services.notify.answers.handlers import on_reply
from services.notify.answers.model import QUESTIONS_MAX, VAIN_MAX, Outcome
from services.notify.codes import store as codes
from shared.errors import Unavailable
from shared.events import Act
from shared.events.notify import AnswerReceived
from shared.events.referral import AnswerJudged
from shared.events.words import CONTACT_DUE, Answer, Channel, Judgement, OfferStatus
from shared.symbols import SYMBOLS
from tests.stack import turn_clock
from tests.support.eventually import eventually
from tests.support.notify import House, house, phone
from tests.support.sms import QUICK, smsc
from tests.support.told import settled, texts

ME, OTHER, STRANGER = phone(1), phone(2), phone(77)


@pytest_asyncio.fixture
async def here(stack: Stack) -> AsyncIterator[House]:
    """Two people on duty who have been asked."""
    async with house(stack) as one:
        await one.organisation()
        await one.person("st-one", 1)
        await one.person("st-two", 2)
        await one.on_duty("st-one", "st-two")
        await one.request()
        yield one


@pytest_asyncio.fixture
async def centre() -> AsyncIterator[tuple[Smsc, int]]:
    """The SMS simulator and its port."""
    async with smsc() as up:
        yield up


async def code_of(here: House, staff_id: str = "st-one") -> str:
    """The code that their message carries."""
    async with here.db.transaction() as tx:
        return (await codes.of_offers(tx, here.deps.codes, ["offer-1"]))["offer-1", staff_id]


async def type_in(here: House, sender: str, text: str) -> Outcome:
    """A text comes in, as the bind hands it over."""
    async with here.db.transaction() as tx:
        return await on_reply(here.deps, tx, sender, text)


async def answers(here: House) -> list[dict[str, Any]]:
    """What referral is told."""
    return await here.said(AnswerReceived)


async def judge(here: House, judgement: Judgement, **fields: Any) -> None:
    """Referral judges the first answer."""
    [said, *_] = await answers(here)
    body = AnswerJudged(
        incident_id=here.incident,
        offer_id="offer-1",
        answer_id=said["answer_id"],
        answer=Answer(said["answer"]),
        judgement=judgement,
        staff_id=said["act"]["actor"],
        **fields,
    )
    await here.hear(body)


async def test_a_yes_typed_on_a_phone_is_an_act_of_that_person(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Who, when it was received, by which channel: read off the message that they got."""
    smsc_, port = centre
    async with here.sending(port, timing=QUICK):
        await settled(here, 2)
        code = texts(smsc_, ME)[0].split()[-1]
        before = await here.now()
        reply = smsc_.reply(ME, f"да {code}")
        await eventually(lambda: smsc_.phones.of(ME)[-1].state is State.TAKEN)
    [said] = await answers(here)
    assert (said["offer_id"], said["answer"], said["organisation"]) == (
        "offer-1",
        "accept",
        "desk",
    )
    assert (said["act"]["actor"], said["act"]["channel"]) == ("st-one", "sms")
    assert before.isoformat() <= said["act"]["received_at"].replace("Z", "+00:00")
    assert reply.text == f"да {code}"


async def test_what_could_not_be_kept_is_not_acknowledged_and_comes_again(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Committed before deliver_sm_resp: with the database away the provider keeps the reply."""
    smsc_, port = centre
    code = await code_of(here)
    failing = here.db.transaction
    lost = 0

    def transaction(**named: Any) -> Any:
        nonlocal lost
        if lost < 3 and smsc_.phones.of(ME)[-1:] and smsc_.phones.of(ME)[-1].from_phone:
            lost += 1
            raise Unavailable("database")
        return failing(**named)

    async with here.sending(port, timing=QUICK):
        await settled(here, 2)
        here.db.transaction = transaction  # type: ignore[method-assign]  # the fault
        smsc_.reply(ME, f"ДА {code}")
        await eventually(lambda: smsc_.phones.of(ME)[-1].state is State.TAKEN, within=20)
    here.db.transaction = failing  # type: ignore[method-assign]
    assert lost == 3
    assert len(await answers(here)) == 1


async def test_the_same_text_delivered_twice_is_one_answer(here: House) -> None:
    """The provider repeats what it thinks was not taken."""
    text = f"ДА {await code_of(here)}"
    assert await type_in(here, ME, text) is Outcome.ANSWER
    assert await type_in(here, ME, text) is Outcome.REPEATED
    assert len(await answers(here)) == 1


async def test_a_yes_that_stands_is_one_yes_for_an_hour(here: House) -> None:
    """Providers repeat at growing intervals, and our clock may jump in between."""
    text = f"ДА {await code_of(here)}"
    assert await type_in(here, ME, text) is Outcome.ANSWER
    await turn_clock(here.stack, timedelta(minutes=20))
    assert await type_in(here, ME, text) is Outcome.REPEATED
    await judge(here, Judgement.STOOD)
    await turn_clock(here.stack, timedelta(minutes=30))
    assert await type_in(here, ME, text) is Outcome.REPEATED
    await turn_clock(here.stack, timedelta(minutes=20))
    assert await type_in(here, ME, text) is Outcome.ANSWER


async def test_a_yes_that_was_refused_counts_again_after_ten_minutes(here: House) -> None:
    """A place may have become free since."""
    text = f"ДА {await code_of(here)}"
    await type_in(here, ME, text)
    await judge(here, Judgement.NOT_ALLOWED)
    await turn_clock(here.stack, timedelta(minutes=11))
    assert await type_in(here, ME, text) is Outcome.ANSWER


async def test_a_yes_after_a_no_counts_again_after_ten_minutes(here: House) -> None:
    """Who changed their mind twice is heard, and told what is true now."""
    code = await code_of(here)
    await type_in(here, ME, f"ДА {code}")
    await type_in(here, ME, f"НЕТ {code}")
    await turn_clock(here.stack, timedelta(minutes=11))
    assert await type_in(here, ME, f"ДА {code}") is Outcome.ANSWER


@pytest.mark.parametrize(
    ("word", "judgement", "after"),
    [("ДА", Judgement.TAKEN, 2), ("ВИЖУ", Judgement.STOOD, 2), ("ВИЖУ", Judgement.STOOD, 20)],
)
async def test_an_offer_that_came_back_takes_the_same_words_anew(
    here: House, word: str, judgement: Judgement, after: int
) -> None:
    """A colleague's yes was taken back: the same code is asked for again, by a new alert."""
    text = f"{word} {await code_of(here)}"
    assert await type_in(here, ME, text) is Outcome.ANSWER
    await here.change(OfferStatus.CANCELLED)
    await judge(here, judgement)
    assert await type_in(here, ME, text) is Outcome.REPEATED
    await turn_clock(here.stack, timedelta(minutes=after))
    await here.change(OfferStatus.REQUESTED, before=OfferStatus.CANCELLED)
    await here.request(alert_id="alert-2")
    assert await type_in(here, ME, text) is Outcome.ANSWER
    assert await type_in(here, ME, text) is Outcome.REPEATED
    assert len(await answers(here)) == 2


async def test_a_further_tier_makes_no_second_answer_of_the_same_text(here: House) -> None:
    """The offer never was over: who answered has answered."""
    text = f"ДА {await code_of(here)}"
    await type_in(here, ME, text)
    await here.request(alert_id="alert-2", tier=2)
    assert await type_in(here, ME, text) is Outcome.REPEATED


async def test_a_yes_and_then_a_no_are_two_answers(here: House) -> None:
    """Within two minutes that is how a yes is taken back: referral judges both."""
    code = await code_of(here)
    await type_in(here, ME, f"ДА {code}")
    await type_in(here, ME, f"НЕТ {code}")
    assert [each["answer"] for each in await answers(here)] == ["accept", "reject"]


async def test_a_bare_yes_gets_its_own_code_back_and_is_never_guessed_onto_a_case(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """With one offer open; said with it, it counts. Once an hour: the number may be forged."""
    smsc_, port = centre
    assert await type_in(here, ME, "да") is Outcome.NO_CODE
    assert await type_in(here, ME, "Ооба!") is Outcome.NO_CODE
    assert await answers(here) == []
    assert len(await here.messages(kind="prompt")) == 1
    async with here.sending(port, timing=QUICK):
        await settled(here, 3)
    [told] = [text for text in texts(smsc_, ME) if "нужен код" in text]
    code = await code_of(here)
    assert f"БЕРУ {code} или НЕТ {code}" in told
    assert await type_in(here, ME, f"ДА {code}") is Outcome.ANSWER


async def test_a_bare_yes_with_two_offers_open_is_asked_for_the_code(here: House) -> None:
    """Also after a greeting in the same hour. With no offer, or none that they may know of, it is
    as good as a greeting."""
    await here.request(offer_id="offer-2", alert_id="alert-2")
    assert await type_in(here, ME, "Саламатсызбы") is Outcome.UNCLEAR
    assert await type_in(here, ME, "ООБА") is Outcome.WHICH_CODE
    assert await type_in(here, ME, "да") is Outcome.WHICH_CODE
    await here.change(OfferStatus.CANCELLED)
    assert await type_in(here, ME, "да") is Outcome.NO_CODE
    hidden = here.excluding(["st-one"])
    await here.change(OfferStatus.RECEIVED, offer_id="offer-2", excluded_people=hidden)
    assert await type_in(here, ME, "да") is Outcome.UNCLEAR
    prompts = await here.messages(kind="prompt")
    told = ["answer-unknown-code", "answer-which-code", "answer-your-code"]
    assert [each["template"] for each in prompts] == told


async def test_a_right_code_without_a_word_is_told_what_is_missing(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """In the language of its owner; two machines do not talk for ever."""
    smsc_, port = centre
    code = await code_of(here)
    for number in range(QUESTIONS_MAX + 2):
        assert await type_in(here, ME, f"принял {code} {number}") is Outcome.NO_WORD
    assert len(await here.messages(kind="prompt")) == QUESTIONS_MAX
    async with here.sending(port, timing=QUICK):
        await settled(here, 2 + QUESTIONS_MAX)
    assert any(f"код {code} верен. Ответьте: БЕРУ или НЕТ" in text for text in texts(smsc_, ME))
    assert await type_in(here, ME, f"Ооба, барам {code}") is Outcome.ANSWER


async def test_the_code_of_what_somebody_holds_takes_their_words(here: House) -> None:
    """Nothing of it is asked for any more, and nobody else's code is given that spelling."""
    code = await code_of(here)
    await here.change(OfferStatus.ACCEPTED, person="st-one")
    assert await type_in(here, ME, f"еду {code}") is Outcome.ANSWER
    assert await type_in(here, ME, f"{code} выезжаем") is Outcome.NO_WORD
    assert await type_in(here, ME, "на месте") is Outcome.NO_CODE
    prompts = await here.messages(kind="prompt")
    assert {each["template"] for each in prompts} == {"answer-which-act"}
    assert await type_in(here, ME, f"На месте. {code}") is Outcome.ANSWER
    said = [(each["answer"], each["said"]) for each in await answers(here)]
    assert said == [("received", "on-the-way"), ("received", "arrived")]
    async with here.db.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM codes WHERE closed_at IS NULL") == 2


async def test_a_holder_is_told_what_became_of_their_word(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """As the word that was typed, whatever an older reader takes it for."""
    smsc_, port = centre
    code = await code_of(here)
    await here.change(OfferStatus.ACCEPTED, person="st-one")
    await type_in(here, ME, f"ЕДУ {code}")
    await judge(here, Judgement.STOOD)
    async with here.sending(port, timing=QUICK):
        await settled(here, 3)
    assert any(f"{code}: отмечено, едете" in text for text in texts(smsc_, ME))


async def test_a_holder_is_reminded_and_hears_when_it_went_on(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Once each; the reminder not after its deadline, and ahead of other news."""
    smsc_, port = centre
    code = await code_of(here)
    act = Act(received_at=await here.now(), actor="st-one", channel=Channel.SMS)
    await here.change(OfferStatus.ACCEPTED, person="st-one", act=act)
    deadline = await here.now() + timedelta(minutes=10)
    held = {"before": OfferStatus.ACCEPTED, "person": "st-one"}
    await here.change(OfferStatus.ACCEPTED, reason=CONTACT_DUE, deadline=deadline, **held)
    [due] = await here.messages(template="contact-due")
    assert (due["valid_until"], due["staff_id"], due["priority"]) == (deadline, "st-one", 2)
    await here.change(OfferStatus.FAILED, reason="no-contact", **held)
    async with here.sending(port, timing=QUICK):
        await settled(here, 4)
    assert any(text.endswith(f"НА МЕСТЕ/НЕ МОГУ {code}") for text in texts(smsc_, ME))
    assert any(f"{code}: срок прошёл без отметки" in text for text in texts(smsc_, ME))
    assert not [text for text in texts(smsc_, OTHER) if "отмет" in text]


@pytest.mark.parametrize(
    ("reason", "actor", "templates"),
    [
        ("unable", "st-one", []),
        ("other", "st-boss", ["offer-cancelled"]),
        ("review-overdue", None, ["contact-over"]),
    ],
)
async def test_a_holder_hears_of_an_end_that_is_not_their_own_act(
    here: House, reason: str, actor: str | None, templates: list[str]
) -> None:
    """By a coordinator, or by the clock."""
    await here.change(OfferStatus.ACCEPTED, person="st-one")
    now = await here.now()
    act = Act(received_at=now, actor=actor, channel=Channel.API) if actor else None
    held = {"before": OfferStatus.ACCEPTED, "person": "st-one", "act": act}
    await here.change(OfferStatus.FAILED, reason=reason, **held)
    found = await here.messages(staff_id="st-one", kind="closing")
    assert [each["template"] for each in found] == templates


async def test_a_code_counts_only_from_its_own_persons_number(here: House) -> None:
    """A colleague's code, read over a shoulder, is as good as none."""
    code = await code_of(here, "st-two")
    assert await type_in(here, ME, f"ДА {code}") is Outcome.WRONG_CODE
    assert await type_in(here, OTHER, f"ДА {code}") is Outcome.ANSWER


async def test_a_stranger_gets_no_answer_at_all(here: House) -> None:
    """Nobody learns from us that a number or a code means something."""
    queued = len(await here.messages())
    assert await type_in(here, STRANGER, f"ДА {await code_of(here)}") is Outcome.STRANGER
    assert await type_in(here, "112", "ДА") is Outcome.STRANGER
    assert len(await here.messages()) == queued
    assert await answers(here) == []


async def test_a_right_code_counts_however_many_wrong_ones_came(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can forge a number, and must not silence its owner. One text, one alarm, few rows."""
    alarms: list[int] = []
    monkeypatch.setattr(metrics.GUESSING, "inc", lambda: alarms.append(1))
    code = await code_of(here)
    for number in range(VAIN_MAX + 5):
        wrong = f"ДА 22222{SYMBOLS[number // 15]}{SYMBOLS[number % 15]}"
        assert await type_in(here, ME, wrong) is Outcome.WRONG_CODE
        assert len(alarms) == (number + 1 >= VAIN_MAX)
    assert await type_in(here, ME, f"ДА {code}") is Outcome.ANSWER
    assert len(await here.messages(kind="prompt")) == 1
    async with here.db.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM replies") == VAIN_MAX + 1


async def test_the_same_wrong_text_may_become_right(here: House) -> None:
    """It was no answer, so it is no repetition: a code that is issued a moment later counts."""
    code = await code_of(here)
    hidden = here.excluding(["st-one"])
    await here.change(OfferStatus.REQUESTED, excluded_people=hidden)
    assert await type_in(here, ME, f"ДА {code}") is Outcome.WRONG_CODE
    await here.change(OfferStatus.REQUESTED, excluded_people=here.excluding())
    assert await type_in(here, ME, f"ДА {code}") is Outcome.ANSWER


async def test_who_is_in_the_register_now_is_no_stranger(here: House) -> None:
    """Their number was entered a minute later: what they said before is heard when said again."""
    text = f"ДА {await code_of(here)}"
    assert await type_in(here, STRANGER, text) is Outcome.STRANGER
    await here.person("st-one", 77)
    assert await type_in(here, STRANGER, text) is Outcome.ANSWER


async def test_a_late_yes_still_reaches_referral(here: House) -> None:
    """The offer expired; referral judges, and the person is told."""
    code = await code_of(here)
    await here.change(OfferStatus.EXPIRED)
    assert await type_in(here, ME, f"ДА {code}") is Outcome.ANSWER
    assert len(await answers(here)) == 1


async def test_a_yes_to_what_a_colleague_took_is_judged_and_told(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """The code is closed, its giver hears who was first: at what time."""
    smsc_, port = centre
    code = await code_of(here)
    await here.change(OfferStatus.ACCEPTED, person="st-two")
    await type_in(here, ME, f"ДА {code}")
    first = await here.now()
    await judge(here, Judgement.TAKEN, first_at=first)
    async with here.sending(port, timing=QUICK):
        await settled(here, 3)
    local = first.astimezone(here.deps.jurisdiction.zone).strftime("%H:%M")
    assert any(f"{code}: уже приняли другие в {local}" in text for text in texts(smsc_, ME))


async def test_every_judgement_is_told_by_the_channel_it_was_given_on(
    here: House, centre: tuple[Smsc, int]
) -> None:
    """Once, however often the bus says it."""
    smsc_, port = centre
    await type_in(here, ME, f"ВИЖУ {await code_of(here)}")
    await judge(here, Judgement.STOOD)
    await judge(here, Judgement.STOOD)
    async with here.sending(port, timing=QUICK):
        await settled(here, 3)
    told = [text for text in texts(smsc_, ME) if "отмечено" in text]
    assert len(told) == 1


async def test_who_was_excluded_since_is_a_stranger_to_the_case(here: House) -> None:
    """Their code is answered as a wrong one; nothing is passed on."""
    code = await code_of(here)
    await here.change(OfferStatus.RECEIVED, excluded_people=here.excluding(["st-one"]))
    assert await type_in(here, ME, f"ДА {code}") is Outcome.WRONG_CODE
    assert await answers(here) == []
    assert await type_in(here, OTHER, f"ДА {await code_of(here, 'st-two')}") is Outcome.ANSWER


async def test_a_desk_with_one_telephone_for_several(here: House) -> None:
    """Each has a code of their own; it says who answers."""
    await here.person("st-two", 1)
    await type_in(here, ME, f"ДА {await code_of(here, 'st-two')}")
    assert [each["act"]["actor"] for each in await answers(here)] == ["st-two"]


async def test_neither_the_text_nor_the_number_is_kept(here: House) -> None:
    """Only keyed hashes of both."""
    code = await code_of(here)
    await type_in(here, ME, f"ДА {code}")
    await type_in(here, ME, "болтовня про соседку")
    async with here.db.transaction() as tx:
        for table in ("replies", "answers", "outbox", "messages"):
            kept = await tx.fetchval(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t")
            assert ME not in kept
            assert code not in kept
            assert "соседку" not in kept
