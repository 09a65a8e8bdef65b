"""Wording of a message, made at the moment of sending and kept nowhere."""

from datetime import datetime

from services.notify.channels import Content
from services.notify.delivery.model import Lane, Message
from services.notify.deps import Deps
from shared.jurisdiction.texts import TEMPLATES


def compose(
    deps: Deps, message: Message, *, language: str, code: str | None, now: datetime
) -> Content:
    """What the person will read: urgency and deadline, never the need, the place or a name."""
    values = _values(deps, message, language, code, now)
    if message.channel == Lane.EMAIL:
        email = deps.jurisdiction.texts.email(message.template_to_send, language, values)
        return Content(email.body, email.subject)
    return Content(deps.jurisdiction.texts.sms(message.template_to_send, language, values))


def _values(
    deps: Deps, message: Message, language: str, code: str | None, now: datetime
) -> dict[str, str]:
    instant = message.instant or message.valid_until
    moment = deps.jurisdiction.moment(instant, now)
    possible = {
        "label": deps.label,
        "code": code or "",
        "deadline": moment,
        "time": moment,
        "territory": _area(deps, message.place, language),
    }
    fields = TEMPLATES[message.template_to_send]
    return {name: value for name, value in possible.items() if name in fields}


def _area(deps: Deps, place: str | None, language: str) -> str:
    """A raion's name, never finer; the country's where no place was given."""
    if place is not None:
        return deps.jurisdiction.area_name(place, language)
    names = deps.jurisdiction.profile.names
    return names.get(language) or next(iter(names.values()))
