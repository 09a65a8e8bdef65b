"""The oracle finds nothing in a sound round, and sees every kind of damage planted in one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.jurisdiction.texts import TEMPLATES
from tests.campaign.calm import Watch
from tests.campaign.faults.processes import nothing
from tests.campaign.ledger import Ledger, Turned
from tests.campaign.oracle import CHECKS, Verdict, judge
from tests.campaign.oracle.deadlines import Lateness, lateness
from tests.campaign.oracle.evidence import Evidence, Said, Topics, gather, read_topics
from tests.campaign.oracle.texts import template_of
from tests.campaign.planting import IN_THE_DATABASE, IN_THE_WORLD, ON_THE_BUS
from tests.campaign.result import gathered
from tests.campaign.round import attack, opened, read_ledger
from tests.campaign.scene import Fault
from tests.stack import state_folder

INCIDENTS = 16
SAMPLES = ("01-child-who-witnessed", "09-night", "10-uzbek-speaker", "13-nobody-on-duty")
"""Several needs each, and none whose timers would keep the round going."""
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Finished:
    """A small round that came to rest, still up: damage is planted and rolled back again."""

    stack: Stack
    topics: Topics
    ledger: Ledger
    seen: Evidence

    @asynccontextmanager
    async def damaged(self, statements: str) -> AsyncIterator[Evidence]:
        """What the oracle reads after these statements; nothing of them stays."""
        connection = await asyncpg.connect(self.stack.superuser("tirek"))
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute("SET LOCAL session_replication_role = replica")  # no FK checks
            await connection.execute(statements)
            yield await gather(connection, self.stack, self.topics)
        finally:
            await transaction.rollback()
            await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def finished() -> AsyncIterator[Finished]:
    """One small round, for all the tests here."""
    fault = Fault("calm", "Nothing.", nothing, seconds=2.0)
    with state_folder() as folder:
        async with opened(fault, seed=3, incidents=INCIDENTS, folder=folder) as scene:
            scene.people.kind = True
            scene.people.samples = SAMPLES
            watch = Watch(scene.stack)
            await attack(fault, scene, watch)
            await watch.rest(100)
            await watch.close()
            topics = await read_topics(scene.stack.bus())
            yield await _finish(scene.stack, topics, read_ledger(scene, folder))


async def _finish(stack: Stack, topics: Topics, ledger: Ledger) -> Finished:
    connection = await asyncpg.connect(stack.superuser("tirek"))
    try:
        return Finished(stack, topics, ledger, await gather(connection, stack, topics))
    finally:
        await connection.close()


def found(verdict: Verdict) -> set[str]:
    """The checks that found something."""
    return {each.check for each in verdict.findings}


async def test_a_sound_round_has_no_finding(finished: Finished) -> None:
    """Nothing was done to it: every count is zero, and there was something to count."""
    verdict = judge(finished.seen, finished.ledger)
    assert not verdict.findings
    assert (verdict.repeats.again, verdict.repeats.unmarked) == (0, ())
    assert not verdict.lateness.early + verdict.lateness.missed + verdict.parked
    assert not verdict.unknown_texts
    assert len(finished.ledger.taken) == INCIDENTS
    assert all(gathered(finished.seen, finished.ledger).values())


async def test_what_is_parked_excuses_its_own_incident_alone(finished: Finished) -> None:
    """What follows from a record that could not be handled is not there, and is no loss."""
    offer = finished.seen.tables["offers"][0]["id"]
    gone = f"DELETE FROM notify.alerts WHERE offer_id = '{offer}'"
    parked = f"""
        INSERT INTO notify.parked
            (topic, partition, "offset", key, headers, value, reason, parked_at)
        SELECT 'tirek.referral', 0, 0, convert_to(incident_id, 'UTF8'), '{{}}', '', 'a bug', now()
        FROM notify.offers WHERE offer_id = '{offer}'"""
    async with finished.damaged(gone) as seen:
        assert "alerts_never_made" in found(judge(seen, finished.ledger))
    async with finished.damaged(f"{gone};{parked}") as seen:
        assert "alerts_never_made" not in found(judge(seen, finished.ledger))


@pytest.mark.parametrize("check", IN_THE_DATABASE)
async def test_damage_in_the_database_is_seen(finished: Finished, check: str) -> None:
    """A row is deleted, doubled or changed behind the services' backs, and the check says so."""
    async with finished.damaged(IN_THE_DATABASE[check]) as seen:
        assert check.partition(":")[0] in found(judge(seen, finished.ledger))


@pytest.mark.parametrize("check", ON_THE_BUS)
async def test_damage_on_the_bus_is_seen(finished: Finished, check: str) -> None:
    """A record is forged, lost or numbered again, and the check says so."""
    assert check in found(judge(ON_THE_BUS[check](finished.seen), finished.ledger))


@pytest.mark.parametrize("check", IN_THE_WORLD)
async def test_what_the_world_swears_to_is_believed(finished: Finished, check: str) -> None:
    """A promise that was made, a text that never came: the system's own word does not count."""
    verdict = judge(finished.seen, IN_THE_WORLD[check](finished.ledger))
    assert check.partition(":")[0] in found(verdict)


def test_every_check_is_shown_its_damage() -> None:
    """No check is added without a proof that it can see."""
    planted = {*IN_THE_DATABASE, *ON_THE_BUS, *IN_THE_WORLD}
    assert {each.partition(":")[0] for each in planted} == {
        check.__name__ for checks in CHECKS.values() for check in checks
    }


async def test_a_repeated_text_is_counted_and_must_say_so(finished: Finished) -> None:
    """The same SMS twice is a repeat, unmarked; recorded as maybe sent twice it would be marked."""
    texts = finished.ledger.texts
    twice = replace(finished.ledger, texts=(*texts, texts[0]))
    verdict = judge(finished.seen, twice)
    assert (verdict.repeats.again, len(verdict.repeats.unmarked)) == (1, 1)
    thrice = judge(finished.seen, replace(twice, texts=(*twice.texts, texts[0]))).repeats
    assert (thrice.again, len(thrice.unmarked)) == (2, 2)
    other = next(each for each in texts if template_of(each.text) == "answer-accepted")
    doubled = replace(finished.ledger, texts=(*texts, other))
    async with finished.damaged("UPDATE notify.messages SET maybe_sent = 1") as seen:
        repeats = judge(seen, doubled).repeats
    assert (repeats.again, repeats.unmarked) == (1, ())


def test_every_message_is_recognised() -> None:
    """A text that people got can be read back to what it was."""
    assert template_of("Info: Urgent. Answer by 14:00: YES, NO or SEEN BCHKMPT") == "alert-high"
    assert template_of("Info: BCHKMPT: no longer needed.") == "offer-cancelled"
    assert template_of("Info: total 18: no answer so far. Asking on.") == "notice-no-answer"
    assert template_of("win a prize") is None
    assert len(TEMPLATES) > 10


def _said(kind: str, minutes: float, *, number: int = 0, **data: object) -> Said:
    at = NOON + timedelta(minutes=minutes)
    body = {"offer_id": "o", **data}
    return Said(f"{minutes}", kind, "referral", "i", "r", at, None, number or int(minutes * 60),
                None, None, None, True, True, body, None, number)  # fmt: skip


def _lateness(turned: Turned, asked: int, took: int, *, due: float, done: float) -> Lateness:
    """Of a single offer, whose deadline one row sets and which another says has expired."""
    limit = (NOON + timedelta(minutes=due)).isoformat()
    said = (
        _said("offer.changed.v1", 0, number=asked, before="draft", after="requested",
              deadline=limit),
        _said("offer.changed.v1", done, number=took, before="requested", after="expired"),
    )  # fmt: skip
    seen = Evidence(NOON, {"offers": [], "requests": []}, said, {}, (), ())
    return lateness(seen, Ledger(turned=(turned,)))


@pytest.mark.parametrize("due", [9.99, 10, 25, 30])
def test_what_the_clock_jumped_over_is_no_waiting(due: float) -> None:
    """Due just before the jump or within it: a second after the jump is a second late."""
    twenty = Turned(NOON + timedelta(minutes=10), NOON + timedelta(minutes=30), 5, 5)
    figures = _lateness(twenty, asked=5, took=6, due=due, done=30 + 1 / 60)
    assert not figures.late or due == 30
    assert sum(figures.late + figures.late_after_jump) == pytest.approx(1, abs=0.7)


def test_an_hour_that_the_clock_passes_again_is_not_jumped_over() -> None:
    """It jumped over 12:10 to 12:30, went back, and comes past 12:20 in its own time."""
    twenty = Turned(NOON + timedelta(minutes=10), NOON + timedelta(minutes=30), 5, 5)
    assert _lateness(twenty, asked=7, took=9, due=20, done=21).late == (60.0,)
    assert _lateness(twenty, asked=3, took=4, due=20, done=21).late == (60.0,)


@pytest.mark.parametrize(("expired", "early", "late"), [(9.5, 1, ()), (10.5, 0, (30.0,))])
def test_a_step_of_the_clock_is_held_against_its_deadline(
    expired: float, early: int, late: tuple[float, ...]
) -> None:
    """Half a minute before is early, half a minute after is thirty seconds late."""
    limit = (NOON + timedelta(minutes=10)).isoformat()
    said = (
        _said("offer.changed.v1", 0, before="draft", after="requested", deadline=limit),
        _said("offer.requested.v1", 0, tier=1, deadline=limit),
        _said("offer.requested.v1", 5, tier=2, deadline=limit),
        _said("offer.changed.v1", expired, before="requested", after="expired"),
    )
    seen = Evidence(NOON, {"offers": [], "requests": []}, said, {}, (), ())
    figures = lateness(seen, Ledger())
    assert (len(figures.early), figures.late) == (early, (0.0, *late))
    jump = Ledger(turned=(Turned(NOON, NOON + timedelta(minutes=10.5)),))
    assert not any(lateness(seen, jump).late)


async def test_a_deadline_that_passed_unnoticed_is_missed(finished: Finished) -> None:
    """An open offer whose limit is long over, and one without any limit."""
    past = (
        "UPDATE referral.offer SET status = 'requested', deadline = requested_at - '1 h'::interval"
    )
    async with finished.damaged("DROP INDEX referral.offer_one_holder;" + past) as seen:
        assert judge(seen, finished.ledger).lateness.missed
    none = "UPDATE referral.offer SET status = 'requested', deadline = NULL, next_tier_at = NULL"
    async with finished.damaged("DROP INDEX referral.offer_one_holder;" + none) as seen:
        assert judge(seen, finished.ledger).lateness.missed


async def test_a_ledger_survives_the_death_of_its_writer(tmp_path: Path) -> None:
    """Half a line at the end of a file is what a kill leaves, and is passed over."""
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"kind": "given-up", "key": "k"}\n{"kind": "tak', encoding="utf-8")
    assert Ledger.read(path, tmp_path / "none").given_up == ("k",)
