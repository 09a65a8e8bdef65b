"""What people outside the system can swear to, one JSON line each, on disk before they go on."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Any, NamedTuple, Self, TextIO

Line = Mapping[str, Any]


def at() -> str:
    """This moment, as every line has it: ISO 8601, UTC. The world's clock, not the database's."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Pen:
    """Appends to a ledger's file. The file is opened for appending only."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8")
        self.taken: dict[str, str] = {}
        """Idempotency key → incident id, for every 2xx so far."""
        self.taken_at: dict[str, float] = {}
        """Incident id → the world's time of that, in seconds since 1970."""

    def write(self, kind: str, **entry: Any) -> None:
        """One line."""
        self._file.write(json.dumps({"kind": kind, "at": at(), **entry}, ensure_ascii=False) + "\n")
        self._file.flush()

    def took(self, key: str, incident: str, seconds: float, tries: int) -> None:
        """A reporter got a 2xx: from here the incident must never be lost."""
        self.write("taken", key=key, incident=incident, seconds=seconds, tries=tries)
        self.taken[key] = incident
        self.taken_at[incident] = time()

    def close(self) -> None:
        """No more lines."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class Text:
    """An SMS that a phone got; ``id`` is the SMSC's own."""

    phone: str
    text: str
    at: datetime
    id: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """A reply that somebody typed; ``taken``: the system has acknowledged it to the SMSC."""

    phone: str
    text: str
    at: datetime
    taken: bool = True


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the SMSC said of a text; ``taken``: and the system has acknowledged that."""

    id: str
    state: str
    """In SMPP's seven letters."""
    at: datetime
    taken: bool = True


class Turned(NamedTuple):
    """What the database's clock jumped over, and when in the order of what referral said.

    The clock may pass the same hour again: an hour alone does not tell what was jumped over.
    """

    start: datetime
    end: datetime
    before: int = -1
    """The number of referral's newest outbox row just before the jump."""
    after: int = 2**63
    """The same just after it."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A round, as the world saw it."""

    taken: Mapping[str, str] = field(default_factory=dict)
    """Idempotency key → incident id."""
    taken_at: Mapping[str, datetime] = field(default_factory=dict)
    """Incident id → when its reporter had the 2xx."""
    first_try: tuple[float, ...] = ()
    """Seconds, for each incident that was taken at the first try."""
    given_up: tuple[str, ...] = ()
    """Keys of reporters who never got a 2xx: their incident may be there or not."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """How often each answer that was no 2xx came: ``503``, ``ConnectError``."""
    texts: tuple[Text, ...] = ()
    mails: tuple[tuple[str, str], ...] = ()
    """Address and subject of every e-mail."""
    typed: tuple[Typed, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    said: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    """Offer id → staff id and when, for every yes over the API that got a 2xx."""
    turned: tuple[Turned, ...] = ()
    forgotten: tuple[datetime, datetime] | None = None
    """What happened between these times was lost on purpose: an older backup was put back."""
    forged: frozenset[str] = frozenset()
    """Ids of events that we put on the topics ourselves, behind the services' backs."""

    @property
    def promised(self) -> set[str]:
        """Incidents that must be there."""
        return {each for each in self.taken.values() if not self.forgets(self.taken_at.get(each))}

    def forgets(self, moment: datetime | None) -> bool:
        """Whether what happened then was lost on purpose."""
        if self.forgotten is None or moment is None:
            return False
        return self.forgotten[0] <= moment < self.forgotten[1]

    @classmethod
    def read(cls, own: Path, simulators: Path) -> Self:
        """From our own file and from that of the simulated phones and mailboxes."""
        by_kind: dict[str, list[Line]] = {}
        for line in (*_lines(own), *_lines(simulators)):
            by_kind.setdefault(line["kind"], []).append(line)

        def of(kind: str) -> list[Line]:
            return by_kind.get(kind, [])

        return cls(
            taken={each["key"]: each["incident"] for each in of("taken")},
            taken_at={each["incident"]: _time(each["at"]) for each in of("taken")},
            first_try=tuple(each["seconds"] for each in of("taken") if each["tries"] == 1),
            given_up=tuple(each["key"] for each in of("given-up")),
            refused=Counter(each["answer"] for each in of("refused")),
            texts=tuple(
                Text(each["phone"], each["text"], _time(each["at"]), each["message_id"])
                for each in of("sms")
            ),
            mails=tuple((to, each["subject"]) for each in of("mail") for to in each["recipients"]),
            typed=tuple(
                Typed(each["phone"], each["text"], _time(each["at"]), taken)
                for kind, taken in (("reply", False), ("reply-taken", True))
                for each in of(kind)
            ),
            receipts=tuple(
                Receipt(each["message_id"], each["state"], _time(each["at"]), taken)
                for kind, taken in (("receipt", False), ("receipt-taken", True))
                for each in of(kind)
            ),
            said={each["offer"]: (each["staff"], _time(each["at"])) for each in of("said")},
            forgotten=next(((_time(f["start"]), _time(f["end"])) for f in of("forgotten")), None),
            forged=frozenset(each["event"] for each in of("forged")),
            turned=tuple(
                Turned(_time(each["start"]), _time(each["end"]), each["before"], each["after"])
                for each in of("turned")
            ),
        )


def _lines(path: Path) -> Iterable[Line]:
    return list(_parsed(path)) if path.exists() else []


def _parsed(path: Path) -> Iterator[Line]:
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue  # the last line of a process that was killed while it wrote


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
