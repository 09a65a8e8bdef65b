"""Who may ask whom to call about an offer."""

from dataclasses import replace

import pytest

from services.notify.calling.model import Asker
from services.notify.delivery.model import Offer
from shared.events.words import HELD, OPEN, OfferStatus

ASKED = Offer(
    offer_id="offer-1",
    incident_id="incident",
    service_request_id="sr",
    organisation="desk",
    status=OfferStatus.REQUESTED,
    version=1,
)
HELD_ELSEWHERE = replace(
    ASKED,
    offer_id="offer-2",
    organisation="other",
    status=OfferStatus.ACCEPTED,
    holder="st-holder",
)
COLLEAGUE = Asker(staff_id="st-one", organisation="desk", worker=True)
HOLDER = Asker(staff_id="st-holder", organisation="other", worker=True)


@pytest.mark.parametrize("status", OfferStatus)
def test_colleagues_may_while_something_is_awaited_of_them(status: OfferStatus) -> None:
    """An answer, a late one too, or the help itself; not once it is somebody else's, or over."""
    awaited = status in OPEN | HELD | {OfferStatus.EXPIRED}
    assert COLLEAGUE.may_call(replace(ASKED, status=status), [ASKED]) == awaited


def test_the_case_holder_may_call_whoever_was_asked_too() -> None:
    """While they hold it, where they serve; nobody else of their organisation."""
    beside = [ASKED, HELD_ELSEWHERE]
    assert HOLDER.may_call(ASKED, beside)
    assert not replace(HOLDER, staff_id="st-other").may_call(ASKED, beside)
    assert not replace(HOLDER, organisation="third").may_call(ASKED, beside)
    ended = replace(HELD_ELSEWHERE, status=OfferStatus.COMPLETED)
    assert not HOLDER.may_call(ASKED, [ASKED, ended])


def test_a_coordinator_may_in_their_territory_alone() -> None:
    """Whatever has become of the offer; and working at a desk is another thing."""
    coordinator = Asker(
        staff_id="st-c", organisation="ministry", worker=False, coordinates={"desk"}
    )
    assert coordinator.may_call(replace(ASKED, status=OfferStatus.COMPLETED), [ASKED])
    assert not replace(coordinator, coordinates=()).may_call(ASKED, [ASKED])
    assert not replace(COLLEAGUE, worker=False).may_call(ASKED, [ASKED])


def test_a_case_is_its_own_coordinators_wherever_it_is_offered() -> None:
    """A shelter in the capital is asked for a case of Naryn: those of Naryn call it."""
    naryn = Asker(staff_id="st-c", organisation="ministry", worker=False, areas=("41704",))
    far = replace(ASKED, territory="41704245000000")
    assert naryn.may_call(far, [far])
    assert not naryn.may_call(ASKED, [ASKED]), "an offer of an earlier release says no place"
    assert not replace(naryn, areas=("41706",)).may_call(far, [far])
    assert not replace(naryn, areas=()).may_call(far, [far])
