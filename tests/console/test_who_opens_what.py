"""Who opens what: every page by every role, and every route with what is somebody else's.

The console adds no right: it asks the services as whoever looks. A page that is new stands in the
table here, or a test fails.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from deploy.samples.load import load_people
from services.console.frame.nearest import routes
from services.console.pages import ROUTERS
from shared.events.words import Role
from shared.security.tokens import Caller
from tests.console.conftest import Office
from tests.support import committee_town
from tests.support.pages import VISITS

W, R, C, A = Role.WORKER, Role.REPORTER, Role.COORDINATOR, Role.ADMINISTRATOR
S, M = Role.SECRETARY, Role.MEMBER
EVERY = (W, R, C, A, Role.AUDITOR, Role.OPERATOR, S, M)
OPENED_BY = {
    "/account": EVERY,
    "/duty": (W,),
    "/queue": (W,),
    "/places": (W,),
    "/desk": (Role.OPERATOR,),
    "/committee": (S, M, C, Role.AUDITOR, A),
    "/committee/coverage": (C, Role.AUDITOR),
    "/committee/handbook": (S, M, C, A),
    "/committee/all": (C,),
    "/committee/all/new": (C,),
    "/committee/members": (S, M),
    "/committee/members/new": (S,),
    "/committee/plan": (S, M),
    "/committee/plan/new": (S,),
    "/committee/appeals": (S, M),
    "/committee/appeals/new": (S,),
    "/planned-together": (W, C, S),
    "/committee/sittings": (S, M),
    "/committee/sittings/new": (S,),
    "/committee/actions": (S, M),
    "/committee/actions/paper": (S, M),
    "/committee/activities": (S, M),
    "/committee/activities/new": (S,),
    "/committee/activities/print": (S, M),
    "/committee/aid": (S, M),
    "/committee/aid/new": (S,),
    "/committee/aid/print": (S, M),
    "/committee/figures": (S, M, C, Role.AUDITOR),
    "/committee/figures/print": (S, M, C, Role.AUDITOR),
    "/figures": (C, Role.AUDITOR),
    "/figures/print": (C, Role.AUDITOR),
    "/figures/rows": (C, Role.AUDITOR),
    "/figures/late": (C, Role.AUDITOR),
    "/figures/unmet": (C, Role.AUDITOR),
    "/figures/definitions": (C, Role.AUDITOR),
    "/figures/months": (C, Role.AUDITOR),
    "/figures/month": (C, Role.AUDITOR),
    "/views": (C, Role.AUDITOR),
    "/find": (W, C),
    "/report": (W, R, C),
    "/reports": (W, R, C),
    "/board": (C,),
    "/board/all": (C,),
    "/rosters": (W, C, A),
    "/rosters/calendar": (W, C),
    "/people": (A,),
    "/people/new": (A,),
    "/directory": (C, A),
    "/policies": (C, A),
    "/running": (A,),
}
STRANGERS = ("/sign-in", "/device", "/invitation", "/calendar")
"""What opens before there is a session, or by a secret of its own."""
TELLING = re.compile(
    r"violen|abus|survivor|shelter|crisis|насил|убежищ|пострадав|зомбулук|башпаана", re.IGNORECASE
)
SAMPLE, NEED, NAME = "12-late-yes", "crisis-counselling", "Елена Самсонова"
ANOTHER = "st-b7234p4x"
"""Of another committee."""
OWN_NAMES = ("handover", "start")
NEUTRAL = (
    ("GET", "/report/{draft_id}"),
    ("GET", "/reports/{incident_id}/consent/{need}"),
)
"""What a GET shows there is the same for whoever asks; the POST is not."""
REFUSED = (403, 404, 409, 422)
FILLED = {
    "reason": "other",
    "to": "st-6775jivy",
    "outcome": "helped",
    "who": "st-6775jivy",
    "answer": "accept",
    "service": "made-up",
    "go": "next",
    "step": "who",
}
"""What forms ask for, so that none is refused before a service was asked."""
OWN: Mapping[Role, tuple[str, ...]] = {
    A: ("/people", "/rosters"),
    Role.AUDITOR: ("/views",),
    C: ("/views/person", "/views/organisation"),
}
"""What a role keeps or oversees, whoever it is of. A coordinator is told there of the own
territories alone (`test_views_pages`)."""


def test_every_page_stands_in_the_table() -> None:
    """So that a later one cannot escape it; no address tells what this is about."""
    found = {route.path for route in routes(ROUTERS) if "GET" in (route.methods or ())}
    found = {path for path in found if "{" not in path and not path.startswith(STRANGERS)}
    assert found == set(OPENED_BY)
    assert found <= {path.split("?")[0] for _, path in VISITS}, "and each is looked at in a browser"
    assert not [route.path for route in routes(ROUTERS) if TELLING.search(route.path)]


@pytest.mark.parametrize("role", EVERY)
async def test_a_page_opens_for_its_roles_alone(office: Office, role: Role) -> None:
    """And its title tells nothing to whoever looks over a shoulder, in any language."""
    await committee_town.house(office.town)
    for path, roles in OPENED_BY.items():
        for language in ("ky", "ru", "en") if role in roles else ("en",):
            desk = await office.desks.of(somebody(role), language)
            page = await desk.go(path)
            assert desk.answer.status_code == (200 if role in roles else 403), path
            assert not TELLING.search(page.title), path


def somebody(role: Role) -> Caller:
    """Somebody of the register who has this role, and no other."""
    if role in (S, M):
        return replace(committee_town.SECRETARY, roles=frozenset({role}))
    people = load_people()
    known = next((each for each in people if each.roles == (role,)), people[0])
    return replace(known.caller, roles=frozenset({role}))


def elsewhere(office: Office, asked: set[str]) -> Iterator[Caller]:
    """One of each role, to whom the case is no concern."""
    town = office.town
    far = [each for each in town.people.values() if each.organisation not in asked]
    worker = next(each for each in far if each.roles == (W,))
    reporter = next(each for each in far if R in each.roles)
    coordinator = next(
        each
        for each in far
        if each.roles == (C,) and not town.body(SAMPLE)["territory"].startswith(each.territories)
    )
    yield worker.caller
    yield replace(reporter.caller, roles=frozenset({R}))
    yield coordinator.caller
    for role in (A, Role.AUDITOR, Role.OPERATOR):
        yield somebody(role)
    for role in (S, M):
        yield replace(town.caller(ANOTHER), roles=frozenset({role}))


async def test_what_is_another_s_is_not_there_by_any_route(office: Office) -> None:
    """Neither seen nor acted upon, with all that a form would hold; and no answer has a name."""
    incident = await office.town.report(SAMPLE)
    registers = await committee_town.filled(await committee_town.house(office.town))
    offer = await office.town.offer(incident, NEED)
    requests = await office.town.requests(incident)
    asked = {each["organisation"] for request in requests for each in request["offers"]}
    reporter = office.town.caller(office.town.samples[SAMPLE].reported_by)
    draft = await office.town.ask(reporter, "intake", "POST", "/drafts", {})
    request = next(each for each in requests if each["service_type"] == NEED)
    ids = {
        "offer_id": offer["offer_id"],
        "request_id": request["service_request_id"],
        "incident_id": incident,
        "draft_id": draft["draft_id"],
        "organisation": offer["organisation"],
        "staff_id": reporter.staff_id,
        "need": NEED,
        "appeal_id": registers["appeal"],
        "item_id": registers["row"],
        "year": registers["year"],
        "member_id": registers["member"],
        "committee_id": registers["committee"],
    }
    opened: list[str] = []
    for caller in elsewhere(office, asked | {reporter.organisation}):
        desk = await office.desks.of(caller)
        await desk.go("/account")
        token = desk.token
        (role,) = caller.roles
        for method, path in others(ids):
            if path.startswith(OWN.get(Role(role), ("nowhere",))):
                continue
            page = await (
                desk.go(path) if method == "GET" else desk.post(path, FILLED | {"csrf": token})
            )
            assert NAME not in page.markup, path
            if desk.answer.status_code not in REFUSED:
                opened.append(f"{method} {path} as {', '.join(caller.roles)}")
    assert not opened, "\n".join(opened)


def others(ids: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every route with an id of somebody else's in it, and one of each form and act."""
    for route in routes(ROUTERS):
        named = re.findall(r"{(\w+)}", route.path)
        if not set(named) & (ids.keys() - {"need", "year"}):
            continue
        for own in OWN_NAMES if {"form", "verb"} & set(named) else ("made-up",):
            known = {name: ids.get(name, own) for name in named}
            for method in sorted(route.methods or ()):
                if (method, route.path) not in NEUTRAL:
                    yield method, route.path.format(**known)
