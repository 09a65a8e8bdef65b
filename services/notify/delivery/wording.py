"""Wording of a message, made at the moment of sending and kept nowhere."""

from datetime import datetime, timedelta

from services.notify.channels import Content
from services.notify.delivery.model import Lane, Message
from services.notify.deps import Deps
from shared.jurisdiction.texts import TEMPLATES


def compose(
    deps: Deps,
    message: Message,
    *,
    language: str,
    code: str | None,
    now: datetime,
    count: int = 1,
) -> Content:
    """What the person will read: urgency and deadline, never the need, a place or a name.

    ``count``: of how many cases one text tells.
    """
    texts, template = deps.jurisdiction.texts, message.template_to_send
    moment = deps.jurisdiction.moment(message.instant or message.valid_until, now)
    named = message.public_id or code  # of releases before: a code at most
    values = {
        "label": deps.label,
        "code": code or "",
        "deadline": moment,
        "time": moment,
        "digits": next(deps.codes.digits(message.message_id)),
        "checkpoint": message.checkpoint or "",
        "case": named if named and count == 1 else texts.several(language, count),
    }
    if message.channel == Lane.EMAIL:
        email = texts.email(template, language, values)
        return Content(email.body, email.subject)
    return Content(texts.sms(template, language, values), lasts=_lasts(message, now))


def _lasts(message: Message, now: datetime) -> timedelta | None:
    """How long the text is worth delivering; none: as long as the provider keeps it.

    What asks for an answer by a time says something untrue to a phone that is switched on later.
    """
    asks = {"code", "deadline"} <= TEMPLATES[message.template_to_send]
    left = (message.instant or message.valid_until) - now
    return left if asks and left > timedelta() else None
