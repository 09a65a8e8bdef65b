"""Bugs in the count of places."""

from services.referral import deps, unit_of_work
from services.referral.model import answers, matching
from services.referral.store import capacity
from services.referral.store.capacity import Capacity
from tests.simulation.planting import Mutant, of_property

BUGS = (
    Mutant(
        "one-place-too-many",
        "A service whose last place is gone is asked.",
        matching.match,
        "vacancies.free.get(service.id, 1) <= 0",
        "vacancies.free.get(service.id, 1) < 0",
    ),
    Mutant(
        "one-place-too-few",
        "The last place is never given.",
        matching.match,
        "vacancies.free.get(service.id, 1) <= 0",
        "vacancies.free.get(service.id, 2) <= 1",
    ),
    Mutant(
        "late-yes-without-place",
        "A yes after the hold has lapsed takes a place that is not there.",
        answers._still_allowed,
        "or context.place_free(request, offer)",
        "or True",
    ),
    Mutant(
        "hold-for-ever",
        "A yes after the hold has lapsed counts on its place all the same.",
        answers._still_allowed,
        "context.now < offer.requested_at + request.policy.hold",
        "True",
    ),
    Mutant(
        "hold-longer",
        "A place is held until T_contact would be over.",
        deps.Deps.policy,
        "policies.hold_for(timers)",
        "timers.contact",
    ),
    Mutant(
        "place-not-given-back",
        "A place is not given back when its offer ends.",
        Capacity.moved,
        "self.free[offer.service] -= has - had",
        "self.free[offer.service] -= has and not had",
    ),
    Mutant(
        "place-taken-twice",
        "A place that is held is counted again when its offer is accepted.",
        Capacity.moved,
        "self.free[offer.service] -= has - had",
        "self.free[offer.service] -= has",
    ),
    Mutant(
        "hold-boundary",
        "A hold that has lapsed counts in the instant in which it lapses.",
        capacity._occupies,
        "until > now",
        "until >= now",
    ),
    Mutant(
        "equals-are-displaced",
        "A hold is taken by a case that is no more urgent.",
        capacity._may_take,
        "hold.urgency.rank > request.urgency.rank",
        "hold.urgency.rank >= request.urgency.rank",
    ),
    Mutant(
        "taken-where-none-is",
        "A hold is taken where fewer places are left than are held already.",
        Capacity.takeable_by,
        "self.free[service] >= 0 and",
        "",
    ),
    Mutant(
        "displaced-stays",
        "The hold that was taken goes on being asked for.",
        unit_of_work.UnitOfWork.settle,
        "self._displace(hold)",
        "continue",
    ),
    Mutant(
        "holds-taken-without-need",
        "A hold is taken before a free place is.",
        of_property(matching.Candidate.order),
        "return (takes,",
        "return (not takes,",
    ),
)
