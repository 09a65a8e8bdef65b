"""What a report would come to, by the rules that take one. Nothing is stored."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from services.intake.asking import AssessmentView, Choice, ClockRuns, WouldOpen
from services.intake.bodies import AssessmentBody
from services.intake.deps import Deps
from services.intake.handlers.parse_report import Reader
from services.intake.model.needs import Supposed, duties, needs_of, ticking_clocks
from services.intake.model.report import Survivor, child_involved
from shared.events.words import Urgency
from shared.jurisdiction import Assessment, Jurisdiction
from shared.jurisdiction.forms import named
from shared.plausible import past


def assess(deps: Deps, body: AssessmentBody, language: str, now: datetime) -> AssessmentView:
    """Urgency and why, needs, and the clocks that run; raises `Invalid` as a report would."""
    country = deps.jurisdiction
    past("sexual_violence_at", body.sexual_violence_at, now)
    found = country.checklist.assess(body.danger_signs, immediate_danger=body.immediate_danger)
    reader = Reader(country, now)
    children = tuple(reader.children(body.children))
    supposed = Supposed(
        needs=reader.needs(body.needs),
        child_involved=child_involved(Survivor(language="", age=body.age), children),
        sexual_violence_at=body.sexual_violence_at,
    )
    signs = {sign.id: sign.names for sign in country.checklist.signs}
    return AssessmentView(
        urgency=found.urgency,
        urgency_label=country.wording.say(found.urgency, language),
        checklist=found.version,
        why=list(_why(country, body, found, language)),
        signs=[_choice(signs, each, language) for each in found.signs],
        needs=list(_needs(deps, supposed, found.urgency, language, now)),
        clocks=list(_clocks(deps, supposed, found.urgency, language, now)),
    )


def _why(
    country: Jurisdiction, body: AssessmentBody, found: Assessment, language: str
) -> Iterator[str]:
    say = partial(country.wording.say, language=language)
    if body.immediate_danger:
        yield say("somebody is in danger now: call 102 or 112 first")
    if found.signs:
        yield say("one such sign is enough for this urgency")
    if found.by_score:
        yield say("all signs together weigh enough for this urgency")
    if found.urgency is Urgency.STANDARD:
        yield say("nothing that was said makes it more urgent")


def _needs(
    deps: Deps, supposed: Supposed, urgency: Urgency, language: str, now: datetime
) -> Iterator[WouldOpen]:
    types = {code: each.names for code, each in deps.jurisdiction.service_types.items()}
    grounds = deps.jurisdiction.profile.grounds
    lawful = {duty.service_type: duty.ground for duty in duties(supposed, urgency, deps.law)}

    def would_open(code: str, rank: Urgency, *, waits: bool) -> WouldOpen:
        ground = lawful.get(code)
        return WouldOpen(
            **dict(_choice(types, code, language)),
            urgency=rank,
            asked=code in supposed.needs,
            ground=_choice(grounds, ground, language) if ground else None,
            waits=waits,
        )

    opened = needs_of(supposed, urgency, deps.law, now, str)
    for need in opened:
        waits = lawful.get(need.service_type) is None
        yield would_open(need.service_type, need.urgency, waits=waits)
    for code in lawful.keys() - {need.service_type for need in opened}:
        yield would_open(code, urgency, waits=True)


def _clocks(
    deps: Deps, supposed: Supposed, urgency: Urgency, language: str, now: datetime
) -> Iterator[ClockRuns]:
    clocks = {each.id: each.names for each in deps.jurisdiction.profile.clinical_clocks}
    opened = {each.service_type for each in needs_of(supposed, urgency, deps.law, now, str)}
    running = ticking_clocks(supposed.sexual_violence_at, deps.law, now)
    for service_type, each in running.items():
        for until, clock in each:
            yield ClockRuns(
                **dict(_choice(clocks, clock.code, language)),
                service_type=service_type,
                until=until,
                asked=service_type in opened,
            )


def _choice(labels: Mapping[str, Mapping[str, str]], code: str, language: str) -> Choice:
    return Choice(code=code, label=named(labels, code, language))
