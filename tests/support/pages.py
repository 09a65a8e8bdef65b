"""Pages of the console by their addresses, who opens each, and what must have happened before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from deploy.samples import load
from deploy.samples.load import sample_caller
from services.console.accounts import handlers as accounts
from shared.events.words import SYSTEM
from shared.security.tokens import Caller
from tests.support import committee_registers, committee_town, response_facts, town_sittings
from tests.support.desks import Desks
from tests.support.eventually import eventually
from tests.support.town import COORDINATOR, Town, someone_at

SAMPLE, NEED, POLICE = "12-late-yes", "crisis-counselling", "09-night"
SPRING = "clock=decision&period=2025-05-12..2025-06-11"
"""When those began whose figures are known."""
UNPERMITTED = "05-no-consent-to-police"
REPORTER, OPERATOR = "st-v5oef5ab", "st-bq4mzk7e"
DRAFT = re.compile("/report/[a-z0-9-]{8,}")
PAGES: dict[str, tuple[str, ...]] = {
    "nobody": ("/sign-in", "/device", "/invitation/{invitation}"),
    "worker": (
        "/queue",
        "/queue?tab=work",
        "/queue/{open}/decline",
        "/cases/{open}",
        "/cases/{held}",
        "/cases/{held}/handover",
        "/cases/{held}/complete",
        "/cases/{held}/hold",
        "/cases/{held}/fail",
        "/places",
        "/find",
        "/account",
        "/rosters/calendar",
    ),
    "officer": ("/duty", "/duty/{police}", "/duty/{police}/pass"),
    "reporter": (
        "/report",
        "/report/{draft}",
        "/reports",
        "/reports/{incident}",
        "/reports/{incident}/consent/legal-aid",
        "/reports/{incident}/withdraw/{consent}",
    ),
    "operator": ("/desk",),
    "secretary": (
        "/committee",
        "/committee/members",
        "/committee/members/new",
        "/committee/members/{member}",
        "/committee/plan",
        "/committee/plan/new",
        "/committee/plan/{year}/{row}",
        "/committee/appeals",
        "/committee/appeals/new",
        "/committee/appeals/{appeal}",
        "/committee/appeals/{appeal}/answer",
        "/committee/handbook",
        "/committee/sittings",
        "/committee/sittings/new",
        "/committee/sittings/{sitting}",
        "/committee/sittings/{sitting}/plan",
        "/committee/sittings/{sitting}/invited",
        "/committee/sittings/{sitting}/agenda",
        "/committee/sittings/{sitting}/presence",
        "/committee/sittings/{sitting}/agenda/{item}/leave",
        "/committee/sittings/{was_held}/agenda/{open_item}/outcome",
        "/committee/sittings/{was_held}/close",
        "/committee/sittings/{closed}",
        "/committee/sittings/{sitting}/paper/notice",
        "/committee/sittings/{sitting}/paper/attendance",
        "/committee/sittings/{closed}/paper/minutes",
        "/committee/sittings/{closed}/paper/decision/{decision}",
        "/committee/actions",
        "/committee/actions/{action}",
        "/committee/actions/paper",
        "/committee/activities",
        "/committee/activities/new",
        "/committee/activities/new?kind=informing",
        "/committee/activities/{activity}",
        "/committee/activities/{activity}/correct",
        "/committee/activities/{activity}/withdraw",
        "/committee/activities/print",
        "/committee/aid",
        "/committee/aid/new",
        "/committee/aid/by/{given_by}",
        "/committee/aid/{aid}",
        "/committee/aid/{aid}/correct",
        "/committee/aid/{aid}/withdraw",
        "/committee/aid/print",
        "/committee/figures",
        "/committee/figures/print",
    ),
    "asked": ("/planned-together",),
    "coordinator": (
        "/board",
        "/board/all",
        "/board/{request}",
        "/board/{request}/ask",
        "/views/case/{request}",
        "/views/organisation/{asked}",
        "/board/{request}/void",
        "/board/{unpermitted}/ground",
        "/board/{request}/call/{asked}",
        "/board/{request}/offers/{held}/answer",
        "/board/{request}/offers/{held}/messages",
        "/board/{request}/offers/{held}/cancel",
        "/committee/figures?outside=true",
        "/rosters",
        "/committee/all",
        "/committee/coverage",
        "/committee/all/new",
        "/committee/all/{committee}",
    ),
    "oblast": (
        "/figures",
        f"/figures?{SPRING}&by=organisation",
        f"/figures/print?{SPRING}&by=organisation&working=true",
        f"/figures/rows?{SPRING}&number=due",
        f"/figures/late?{SPRING}",
        f"/figures/unmet?{SPRING}",
        "/figures/definitions",
        "/figures/months",
        "/figures/month?month=2025-05&outside=false",
        "/views",
        "/views/person/st-6775jivy",
    ),
    "administrator": (
        "/rosters/of/hospital-ak-suu",
        "/rosters/of/hospital-ak-suu/new",
        "/rosters/of/hospital-ak-suu/edit/{roster}",
        "{change}",
        "/people",
        "/people/new",
        "/people/st-6775jivy",
        "/directory",
        "/policies",
        "/running",
        "/committee/handbook",
    ),
}
"""By who opens them. What is in braces is an id of `Played`."""
VISITS = [(who, path) for who, paths in PAGES.items() for path in paths]
NO_PAGES = {"/calendar/{secret}.ics", "/committee/handbook/{entry_id}/file"}
"""Addresses that answer no page."""


@dataclass(frozen=True, slots=True)
class Played:
    """What has happened: an offer that waits, a case that is held, a draft, and who has them."""

    ids: Mapping[str, str]
    whose: Mapping[str, Caller]
    """Who may open what has this name in ``ids``."""

    def path(self, template: str) -> str:
        """An address of `PAGES`, with its ids."""
        return template.format_map(self.ids)


async def play(town: Town, seats: Desks) -> Played:
    """Reports, answers, begins a report, invites somebody, and has a committee approved."""
    uchkun = await committee_town.house(town)
    registers = await committee_town.filled(uchkun) | await town_sittings.played(uchkun)
    registers |= await committee_registers.entered(uchkun)
    await response_facts.known(town.stack)
    waiting = await town.offer(await town.report(SAMPLE), NEED)
    incident = await town.report(SAMPLE)
    held = await town.offer(incident, NEED)
    worker = someone_at(town, held["organisation"])
    for act in ("accept", "start"):
        await town.ask(worker, "referral", "POST", f"/offers/{held['offer_id']}/{act}", {})
    police = await town.offer(await town.report(POLICE), "police-protection")
    unpermitted = await _unpermitted(town)
    reporter = await seats.of(town.caller(REPORTER))
    await reporter.go("/report")
    await reporter.press("Next", place="Кочкор")
    drafts = [form.action for form in reporter.page.forms if DRAFT.fullmatch(form.action)]
    author = await seats.of(town.caller(town.samples[SAMPLE].reported_by))
    report = await author.go(f"/reports/{incident}")
    keeper = await seats.of(sample_caller(load.ADMINISTRATOR))
    week = await keeper.go("/rosters/of/hospital-ak-suu")
    links = [href for _, href in week.links]
    async with seats.deps.db.transaction(actor=SYSTEM) as tx:
        invited = await accounts.invite(tx, seats.deps, load.ADMINISTRATOR, "st-6775jivy")
    ids = {
        "open": waiting["offer_id"],
        "held": held["offer_id"],
        "police": police["offer_id"],
        "incident": incident,
        "asked": held["organisation"],
        "unpermitted": unpermitted,
        "request": (await town.requests(incident))[0]["service_request_id"],
        "consent": next(each for _, each in report.links if "/withdraw/" in each).split("/")[-1],
        "draft": drafts[0].split("/")[-1],
        "roster": next(each for each in links if "/edit/" in each).split("/")[-1],
        "change": next(each for each in links if "/change?" in each),
        "invitation": invited,
    } | registers
    whose = {
        name: someone_at(town, offer["organisation"])
        for name, offer in (("open", waiting), ("held", held), ("police", police))
    }
    whose["incident"] = town.caller(town.samples[SAMPLE].reported_by)
    return Played(ids, whose)


async def _unpermitted(town: Town) -> str:
    """A need that nothing permits to refer, once it is there."""
    incident = await town.report(UNPERMITTED)

    async def find() -> str | None:
        waiting = [each for each in await town.requests(incident) if each["status"] == "draft"]
        return str(waiting[0]["service_request_id"]) if waiting else None

    found = await eventually(find, within=20)
    assert found is not None
    return found


def who_opens(town: Town, played: Played, who: str, template: str) -> Caller | None:
    """Somebody of the sample staff who may open a page; none for those that anybody may."""
    theirs = [whose for name, whose in played.whose.items() if f"{{{name}}}" in template]
    usual = {
        "worker": played.whose["held"],
        "officer": played.whose["police"],
        "reporter": town.caller(REPORTER),
        "operator": town.caller(OPERATOR),
        "secretary": committee_town.SECRETARY,
        "asked": someone_at(town, committee_town.POLICE),
        "coordinator": COORDINATOR,
        "oblast": replace(COORDINATOR, territories=(response_facts.OBLAST,)),
        "administrator": sample_caller(load.ADMINISTRATOR),
    }
    return usual.get(who) if who in ("coordinator", "nobody") or not theirs else theirs[0]
