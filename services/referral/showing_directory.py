"""Showing the directory and the policies as they run now, in somebody's language."""

from services.referral.deps import Deps
from services.referral.directory_views import (
    Area,
    LadderView,
    OrganisationView,
    PoliciesView,
    ServiceView,
    TimersView,
)
from services.referral.handlers.directory import Entry
from shared.events.words import Urgency


def organisation_view(deps: Deps, entry: Entry, language: str) -> OrganisationView:
    """One organisation with its services."""
    each, kinds = entry.organisation, deps.jurisdiction.kinds
    country = deps.jurisdiction.profile.names

    def area(code: str) -> Area:
        name = deps.jurisdiction.territories.name_of(code, language)
        return Area(code=code, name=name or country.get(language, code))

    return OrganisationView(
        organisation=each.id,
        name=each.name,
        kind=each.kind,
        kind_name=kinds[each.kind].get(language, each.kind),
        parent=each.parent,
        oversight=each.oversight,
        languages=list(each.languages),
        areas=[area(code) for code in each.territories],
        verified_until=each.verified_until,
        services=[
            ServiceView.whole(
                room,
                deps.type_name(room.service.service_type, language),
                [area(code) for code in room.service.service_areas],
            )
            for room in entry.services
        ],
    )


def policies_view(deps: Deps, language: str) -> PoliciesView:
    """Every service type at every urgency, and the ladder of each urgency."""
    country = deps.jurisdiction
    policies = country.policies
    timers = [
        (code, urgency, country.timers(code, urgency))
        for code in country.service_types
        for urgency in Urgency
    ]
    return PoliciesView(
        version=policies.version,
        valid_from=policies.valid_from,
        undo=country.profile.undo,
        timers=[
            TimersView(
                service_type=code,
                service_name=deps.type_name(code, language),
                urgency=urgency,
                working_hours=policies.working_hours and country.service_types[code].working_hours,
                ack=each.ack,
                decide=each.decide,
                contact=each.contact,
                hold=policies.hold_for(each),
            )
            for code, urgency, each in timers
        ],
        ladder=[
            LadderView(
                urgency=urgency,
                tiers=policies.ladder[urgency].tiers,
                max_offers=policies.ladder[urgency].max_offers,
                coordinator_after=policies.ladder[urgency].coordinator_after,
                review=policies.review[urgency],
            )
            for urgency in Urgency
        ],
    )
