"""A committee sits: an emergency from its plan to what became of it, a conflict, and the papers."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from shared.security.tokens import Caller
from tests.console.conftest import Office
from tests.support.committee_town import CHAIR, MEMBER, NAMES, SECRETARY, House, filled, house
from tests.support.eventually import eventually
from tests.support.town_sittings import decided, planned, yesterday
from tests.support.visitor import Visitor

PAPERS = ("notice", "attendance", "minutes")
SAMPLE = "12-late-yes"


@pytest_asyncio.fixture
async def uchkun(office: Office) -> House:
    """Three in office: two are a quorum."""
    return await house(office.town)


async def test_an_emergency_sitting_is_played_to_what_became_of_it(
    office: Office, uchkun: House
) -> None:
    """Without a script; what cannot be is said beside its field, and what was typed is not lost."""
    desk, day = await office.desks.of(SECRETARY), yesterday(uchkun)
    await desk.go("/committee/sittings")
    await desk.follow("Emergency sitting")
    page = await desk.press("Save", day="")
    assert (desk.answer.status_code, "Give a day and a time" in page.text) == (422, True)
    page = await desk.press("Save", day=day, time="10:00")
    at = desk.at.split("?")[0]
    assert "put on the agenda what the sitting is to deal with" in page.text
    await desk.follow("Put something on it")
    await desk.press("Put it on", topic="case")
    await desk.follow("Whom to invite")
    await desk.press("Save", bodies=["police", "school"])
    await desk.follow("Who is here")
    here = {f"a-{each.staff_id}": "present" for each in (SECRETARY, CHAIR)}
    page = await desk.press("Save who is here", **{f"a-{CHAIR.staff_id}": "present"})
    assert "There is no quorum yet: 1 of 3" in page.text
    before = (uchkun.town.local_today() - timedelta(days=2)).isoformat()
    night = {"day": before, "from": "23:00", "to": "01:00"}
    page = await desk.press("It was held", **night, **here)
    assert "must be after it begins" in page.text
    page = await desk.press("It was held", next_day="yes", came="police", signed="police")
    assert "There is a quorum: 2 of 3" in page.text
    assert "police: came, signed for confidentiality" in page.text.lower()
    await desk.follow("What came of it")
    decision = {"what-0": "visit-family", "body-0": "police", "person-0": CHAIR.staff_id}
    page = await desk.press("Save", in_favour="3", **decision)
    assert "more than were present" in page.text
    page = await desk.press("Save", in_favour="", result="noted")
    assert "belong to an item that was decided" in page.text
    await desk.press("Save", in_favour="2", result="decided")
    page = await desk.follow("Close the sitting")
    assert "Nobody can open it again" in page.text
    page = await desk.press("Close the sitting")
    assert "What was decided is among the actions now" in page.text
    await desk.go("/committee/actions")
    page = await desk.follow("Police: visit the family")
    page = await desk.press("Save", status="not-done-circumstances")
    assert "not done: circumstances changed" in page.text
    page = await desk.press("Take it back")
    page = await desk.press("Change it", person=MEMBER.staff_id)
    assert NAMES[MEMBER] in page.text
    assert "How it stood before" in page.text
    for paper in PAPERS:
        page = await desk.go(f"{at}/paper/{paper}?in=ky")
        assert page.language == "ky"
        assert NAMES[CHAIR] in page.text
        assert "№ ____" in page.text  # written by hand: each counts what they see
    assert (await desk.go("/committee")).language == "en"


async def test_a_sitting_is_cancelled_and_that_is_taken_back(office: Office, uchkun: House) -> None:
    """Until its day is over; what stood on its agenda, as of the plan, is there again."""
    await filled(uchkun)
    desk = await office.desks.of(SECRETARY)
    await desk.go("/committee/sittings/new")
    await desk.press("Save")
    at = desk.at.split("?")[0]
    await desk.follow("Put something on it")
    await desk.press("Put it on hold a prevention meeting")
    await desk.go(f"{at}/plan")
    await desk.press("Cancel it")
    page = await desk.go(at)
    assert "cancelled" in page.text
    page = await desk.press("It will be held after all")
    assert "Planned again" in page.text
    page = await desk.follow("A conflict")
    assert "prevention meeting" in page.text


async def test_two_telephones_at_the_door_lose_nobody(office: Office, uchkun: House) -> None:
    """What the other one ticked is there with one's own, to be looked at and saved again."""
    sitting, _ = await planned(uchkun, "case")
    one, two = await office.desks.of(SECRETARY), await office.desks.of(CHAIR)
    for desk in (one, two):
        await desk.go(f"/committee/sittings/{sitting}/presence")
    await one.press("Save who is here, and count", **{f"a-{SECRETARY.staff_id}": "present"})
    page = await two.press("Save who is here, and count", **{f"a-{CHAIR.staff_id}": "present"})
    assert "Somebody else has saved this meanwhile" in page.text
    page = await two.press("Save who is here, and count")
    assert "There is a quorum: 2 of 3" in page.text


async def seen(desk: Visitor, sitting: str) -> str:
    """All that somebody can open about sittings, a sitting and actions, as one text."""
    paths = ["/committee/sittings", "/committee/actions", "/committee/actions/paper", "/committee"]
    paths += [f"/committee/sittings/{sitting}"]
    paths += [f"/committee/sittings/{sitting}/paper/{each}" for each in PAPERS]
    return "\n".join([(await desk.go(each)).markup for each in paths])


@pytest.mark.parametrize(
    ("who", "keeper", "led"),
    [(MEMBER, CHAIR, CHAIR), (CHAIR, SECRETARY, MEMBER), (SECRETARY, CHAIR, CHAIR)],
    ids=("member", "chair", "secretary"),
)
async def test_whoever_has_a_conflict_learns_nothing_by_any_page(
    office: Office, uchkun: House, who: Caller, keeper: Caller, led: Caller
) -> None:
    """Not by lists, numbers, minutes, papers or actions; others see that they left, and not why.

    Nobody is above it: of the secretary the chair keeps the minutes, of the chair another leads.
    """
    whole, items = await planned(uchkun, "corrective-programme", "members")
    alone, only = await planned(uchkun, "corrective-programme")
    theirs, ours = await office.desks.of(who), await office.desks.of(keeper)
    hidden = f"/committee/sittings/{whole}/agenda/{items[0]}"
    page = await theirs.go(f"{hidden}/leave")
    assert "This is for ever" in page.text
    page = await theirs.press("Leave this item for ever")
    assert "Tick this first" in page.text
    if who is not MEMBER:  # who may speak for others says who it is
        page = await theirs.press("Leave this item for ever", sure="yes")
        assert "Say who has a conflict" in page.text
        page = await theirs.press("Leave this item for ever", sure="yes", staff_id=who.staff_id)
    else:
        page = await theirs.press("Leave this item for ever", sure="yes")
    assert "You see nothing of that item any more" in page.text
    await ours.go(f"/committee/sittings/{alone}/agenda/{only[0]}/leave")
    await ours.press("Leave this item for ever", staff_id=who.staff_id, sure="yes")
    await decided(uchkun, whole, items, keeper, led)
    await decided(uchkun, alone, only, keeper, led)
    shown, whole_of_it = await seen(theirs, whole), await seen(ours, whole)
    for told in ("Corrective programme", items[0], alone, "2. Members of", "Left for this item"):
        assert told not in shown
        assert told in whole_of_it
    assert "1. Members of" in shown
    paths = [f"{hidden}/leave", f"{hidden}/outcome", f"/committee/sittings/{alone}"]
    paths += [f"/committee/sittings/{alone}/paper/{each}" for each in PAPERS]
    minutes = await uchkun.ask(keeper, "GET", f"/sittings/{whole}")
    extract = minutes["agenda"][0]["decisions"][0]["decision_id"]
    paths += [f"/committee/sittings/{whole}/paper/decision/{extract}"]
    for path in paths:
        await theirs.go(path)
        assert theirs.answer.status_code in (403, 404), path
    page = await ours.go(f"/committee/sittings/{whole}/paper/notice?to={who.staff_id}")
    assert "Corrective programme" not in page.text
    assert "Members of the committee" in page.text
    await ours.go(f"/committee/sittings/{alone}/paper/notice?to={who.staff_id}")
    assert ours.answer.status_code == 404


async def test_papers_have_the_public_id_and_nobody_s_name(office: Office, uchkun: House) -> None:
    """In both languages; an extract for one body has that decision and no other."""
    incident = await office.town.report(SAMPLE)
    appeal, today = str(uuid4()), uchkun.town.local_today()
    body = {
        "received_on": (today - timedelta(days=2)).isoformat(),
        "journal_no": "17-б",
        "way": "oral",
        "kind": "complaint",
        "subject": "domestic-violence",
        "sex": "female",
        "age_band": "unknown",
    }
    entered = await uchkun.ask(SECRETARY, "PUT", f"/appeals/{appeal}", body)
    link = {"incident_id": incident}
    await uchkun.ask(SECRETARY, "PUT", f"/appeals/{appeal}/incident", link)

    async def find() -> list[str]:
        told = await uchkun.ask(SECRETARY, "GET", f"/appeals/{appeal}")
        return [need["public_id"] for need in told["needs"] if need["public_id"]]

    (public_id, *_) = await eventually(find, within=30) or [""]
    sitting, items = await planned(uchkun, "other")
    items.append(str(uuid4()))
    case = {"source": "appeal", "topic": "case", "matter_id": entered["matter_id"]}
    await uchkun.ask(SECRETARY, "PUT", f"/sittings/{sitting}/agenda/{items[-1]}", case)

    async def heard() -> bool:  # from intake, whom the case excludes: until then all but one
        told = await uchkun.ask(SECRETARY, "GET", f"/sittings/{sitting}/barred")
        return items[-1] not in told["unheard"]

    await eventually(heard, within=30)
    await decided(uchkun, sitting, items)
    told = await uchkun.ask(SECRETARY, "GET", f"/sittings/{sitting}")
    other, mine = ("decision/" + each["decisions"][0]["decision_id"] for each in told["agenda"])
    desk = await office.desks.of(SECRETARY)
    for language in ("ky", "ru"):
        pages = {
            paper: (await desk.go(f"/committee/sittings/{sitting}/paper/{paper}?in={language}"))
            for paper in (*PAPERS, mine, other)
        }
        pages["actions"] = await desk.go(f"/committee/actions/paper?in={language}")
        for paper in ("notice", "minutes", mine, "actions"):
            assert public_id in pages[paper].text, paper
        assert public_id not in pages[other].text
        for name in personal(office.town.body(SAMPLE)):
            assert not [each for each, page in pages.items() if name in page.markup], name


def personal(report: Any) -> set[str]:
    """Names, numbers and addresses of a report."""
    found: set[str] = set()
    for key, value in report.items() if isinstance(report, dict) else enumerate(report):
        if isinstance(value, dict | list):
            found |= personal(value)
        elif isinstance(value, str) and key in ("name", "phone", "address", "value", "text"):
            found.add(value)
    return found
