"""Which texts were read: each browser's own memory, in a cookie, so that no GET changes a thing."""

from dataclasses import dataclass

from fastapi import Request, Response

from deploy.simulators.phones import Message, Phones

Marks = dict[str, int]
"""Phone → number of the last message seen on it."""
_COOKIE = "simulator-seen"
_MOST = 100
"""Phones remembered: a cookie holds 4 KiB."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list of phones."""

    phone: str
    last: Message
    unread: int


def rows(phones: Phones, marks: Marks) -> list[Row]:
    """All phones, the one with the newest message first."""
    unread: dict[str, int] = {}
    for message in phones.since(0):
        if not message.from_phone and message.number > marks.get(message.phone, 0):
            unread[message.phone] = unread.get(message.phone, 0) + 1
    return [Row(last.phone, last, unread.get(last.phone, 0)) for last in phones.latest()]


def marked(marks: Marks, phone: str, messages: list[Message]) -> Marks:
    """``marks`` with ``phone`` seen to its end, the most recently seen last."""
    rest = {other: number for other, number in marks.items() if other != phone}
    return {**rest, phone: messages[-1].number if messages else 0}


def read(request: Request) -> Marks:
    """The marks a browser sent; what is no mark is passed over."""
    pairs = (pair.split(":") for pair in request.cookies.get(_COOKIE, "").split("."))
    return {
        f"+{pair[0]}": int(pair[1])
        for pair in pairs
        if len(pair) == len(("phone", "number")) and pair[0].isdecimal() and pair[1].isdecimal()
    }


def write(response: Response, marks: Marks) -> None:
    """Remembers the latest marks in the browser."""
    latest = list(marks.items())[-_MOST:]
    value = ".".join(f"{phone.removeprefix('+')}:{number}" for phone, number in latest)
    response.set_cookie(_COOKIE, value, httponly=True, samesite="strict")
