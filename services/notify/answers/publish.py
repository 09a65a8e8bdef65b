"""Events about answers: what somebody said to an offer, for referral to judge."""

from services.notify.delivery.model import Offer
from services.notify.delivery.publish import FIRST_VERSION
from shared.db import Tx
from shared.events import Act
from shared.events.notify import AnswerReceived
from shared.events.words import Answer, Channel


def answer_received(tx: Tx, offer: Offer, answer: Answer, *, answer_id: str, staff_id: str) -> None:
    """Emits an answer that ``staff_id`` gave by SMS, received now."""
    body = AnswerReceived(
        incident_id=offer.incident_id,
        service_request_id=offer.service_request_id,
        offer_id=offer.offer_id,
        answer_id=answer_id,
        answer=_OLDER.get(answer, answer),
        said=answer,
        organisation=offer.organisation,
    )
    act = Act(received_at=tx.now, actor=staff_id, channel=Channel.SMS)
    tx.emit(body, subject=answer_id, version=FIRST_VERSION, act=act)


_OLDER = {
    Answer.ON_THE_WAY: Answer.RECEIVED,
    Answer.ARRIVED: Answer.RECEIVED,
    Answer.UNABLE: Answer.REJECT,
}
"""What a reader of a release before takes a word for that it does not know: it harms nothing."""
