"""Exclusions that come late: from an incident that excludes more, or a register that knows more.

What somebody must not know of any more is not found from this transaction on; what their unit, or
an organisation that is excluded now, was asked or has is taken from it.
"""

from collections.abc import Callable, Iterable, Sequence

from services.referral.deps import Deps
from services.referral.model.exclusions import Exclusions, hidden, hide, living
from services.referral.model.matching import in_places
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.model.timeouts import holder_gone
from services.referral.store import requests
from services.referral.unit_of_work import UnitOfWork
from shared.db import Tx
from shared.errors import Unprocessable
from shared.events import Event
from shared.events.intake import ExclusionsChanged
from shared.events.referral import ExclusionsForwarded
from shared.events.words import POLICE
from shared.security import staff


async def on_exclusions_changed(
    deps: Deps, tx: Tx, events: Sequence[Event[ExclusionsChanged]]
) -> None:
    """Hides the cases of incidents from more, and forwards to notify from whom.

    Intake says it beside the report too: a case that carries all of it already is left as it is.
    Raises `Unprocessable` before the report: what came first is handled first.
    """
    known = await requests.by_incidents(tx, {event.body.incident_id for event in events})
    work = await UnitOfWork.of(tx, deps, loaded=known, people=await concerned(tx, known))
    for event in events:
        body, cases = event.body, [each for each in known if _of(each, event)]
        if not cases:
            raise Unprocessable("exclusions of an incident that was never opened")
        added = Exclusions(
            organisations=body.excluded_organisations,
            places=body.excluded_places,
            people=body.excluded_people,
            digests=body.excluded_digests,
        )
        with tx.because(event):
            for case in cases:
                request = hidden(work.requests[case.id], added)
                if request != work.requests[case.id]:
                    work.settle(hide(request, work.context(request), _is_hidden(work, request)))
                look_at_holder(work, work.requests[case.id])
            if body.excluded_people is not None:
                forwarded = ExclusionsForwarded(
                    incident_id=body.incident_id, excluded_people=body.excluded_people
                )
                tx.emit(forwarded, subject=body.incident_id, version=event.aggregate_version)
    await work.save()


def _of(request: ServiceRequest, event: Event[ExclusionsChanged]) -> bool:
    return request.incident_id == event.body.incident_id


async def concerned(tx: Tx, cases: Iterable[ServiceRequest]) -> list[str]:
    """The staff ids that decide whether these cases go on where they are: of whoever holds one, and
    of all who serve in a police unit that is asked or has one."""
    offers = [offer for case in cases for offer in living(case)]
    police = {each.organisation for each in offers if each.organisation_kind == POLICE}
    serving = await staff.of_organisations(tx, police) if police else []
    return [*serving, *(each.person for each in offers if each.person is not None)]


def _is_hidden(work: UnitOfWork, request: ServiceRequest) -> Callable[[Offer], bool]:
    def is_hidden(offer: Offer) -> bool:
        organisation = work.directory.organisations.get(offer.organisation)
        return (
            offer.organisation in request.excluded_organisations
            or (organisation is not None and in_places(organisation, request.excluded_places))
            or is_unit_excluded(work, request, offer)
        )

    return is_hidden


def is_unit_excluded(work: UnitOfWork, request: ServiceRequest, offer: Offer) -> bool:
    """Whether an offer is a police unit's in which somebody serves whom the case excludes."""
    if offer.organisation_kind != POLICE:
        return False
    return any(
        member.organisation == offer.organisation and work.staff.excludes(request, member.staff_id)
        for member in work.staff.known.values()
    )


def look_at_holder(work: UnitOfWork, request: ServiceRequest) -> None:
    """Has a coordinator told, once, of a case whose holder may not have it any more."""
    context, offer = work.context(request), request.holder
    if offer is None or offer.person is None or offer.take_over_by is not None:
        return
    if not context.may_have(request, offer, offer.person):
        work.settle(holder_gone(request, offer, context))
