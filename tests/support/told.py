"""What senders did, as seen on the phones and in the database."""

from typing import Any

from deploy.simulators.smsc import Smsc
from tests.support.eventually import eventually
from tests.support.notify import House


def texts(smsc_: Smsc, number: str) -> list[str]:
    """What a phone received, oldest first."""
    return [each.text for each in smsc_.phones.of(number) if not each.from_phone]


async def settled(here: House, count: int = 1) -> list[dict[str, Any]]:
    """Messages that nobody will touch again, once there are so many."""

    async def probe() -> list[dict[str, Any]]:
        ended = [each for each in await here.messages() if each["settled_at"] is not None]
        return ended if len(ended) >= count else []

    return await eventually(probe)


async def message_where(here: House, **values: object) -> dict[str, Any]:
    """The first message that has come to hold these values."""

    async def probe() -> list[dict[str, Any]]:
        return [
            each
            for each in await here.messages()
            if all(each[name] == value for name, value in values.items())
        ]

    found: list[dict[str, Any]] = await eventually(probe)
    return found[0]
