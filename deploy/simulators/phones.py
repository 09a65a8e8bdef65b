"""The phones: every text they got and every reply typed on them, in order, in memory."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from deploy.simulators.ledger import Ledger

DEFAULT_SERVICE = "1000"
"""Where a phone that never got a text sends its reply."""


class State(StrEnum):
    """How far a message came."""

    ANSWERED = "answered"
    """A text to a phone, and the sender was told so."""
    UNANSWERED = "unanswered"
    """A text to a phone, and the sender does not know."""
    WAITING = "waiting"
    """A reply that nobody has taken yet."""
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Message:
    """One text, seen from the phone."""

    number: int
    """Counts all messages from 1: the cursor of the JSON API."""
    phone: str
    service: str
    from_phone: bool
    text: str
    at: str
    """When it was taken: ISO 8601, UTC."""
    state: State
    message_id: str
    """The SMSC's id; for a reply, empty."""
    bind: str
    """The user whose bind submitted it; for a reply, empty."""
    status: int | None = None
    """For a reply: the deliver_sm_resp it got last."""

    def to_json(self) -> dict[str, object]:
        """As the JSON API and the ledger show it."""
        return asdict(self)


class Phones:
    """Everything sent and typed since the start."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._messages: list[Message] = []
        self._service: dict[str, str] = {}

    def receive(self, phone: str, service: str, text: str, *, bind: str, state: State) -> Message:
        """A text reached a phone."""
        number = len(self._messages) + 1
        message = Message(
            number=number,
            phone=canonical(phone),
            service=service,
            from_phone=False,
            text=text,
            at=_now(),
            state=state,
            message_id=f"{number:010d}",
            bind=bind,
        )
        self._ledger.append("sms", message.to_json())
        self._messages.append(message)
        self._service[message.phone] = service
        return message

    def reply(self, phone: str, text: str) -> Message:
        """Somebody typed a reply: it waits until it is taken."""
        phone = canonical(phone)
        message = Message(
            number=len(self._messages) + 1,
            phone=phone,
            service=self._service.get(phone, DEFAULT_SERVICE),
            from_phone=True,
            text=text,
            at=_now(),
            state=State.WAITING,
            message_id="",
            bind="",
        )
        self._ledger.append("reply", message.to_json())
        self._messages.append(message)
        return message

    def settle(self, number: int, state: State, status: int | None) -> None:
        """What became of reply ``number``."""
        settled = replace(self._messages[number - 1], state=state, status=status)
        self._messages[number - 1] = settled
        if state is not State.WAITING:
            self._ledger.append(f"reply-{state}", settled.to_json())

    def receipted(self, message_id: str, state: str, *, taken: bool) -> None:
        """The SMSC says what became of a text; ``taken``: and somebody has acknowledged that."""
        kind = "receipt-taken" if taken else "receipt"
        self._ledger.append(kind, {"message_id": message_id, "state": state, "at": _now()})

    def since(self, number: int) -> list[Message]:
        """Messages after ``number``, oldest first."""
        return self._messages[max(number, 0) :]

    def of(self, phone: str) -> list[Message]:
        """One phone's conversation, oldest first."""
        phone = canonical(phone)
        return [message for message in self._messages if message.phone == phone]

    def latest(self) -> Iterator[Message]:
        """The last message of every phone, the newest phone first."""
        seen: set[str] = set()
        for message in reversed(self._messages):
            if message.phone not in seen:
                seen.add(message.phone)
                yield message


def canonical(phone: str) -> str:
    """``+`` and digits."""
    return f"+{phone.removeprefix('+')}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
