"""The people of a round: they report and insist, they answer, are silent, late, or say it twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any
from uuid import UUID

import httpx

from deploy.demo.story.codes import codes_in, reply_words
from shared.events.words import Answer
from tests.campaign.ledger import Pen
from tests.support.town import Town

INSIST = 120.0
"""Seconds that a reporter tries the same key again; then the key is given up, and told so."""
AT_ONCE = 48
"""Reporters who wait for an answer at the same time."""
LATE = 14.0
"""Seconds after which a late answer comes: longer than the short T_ack of a round's policies."""
TRY_AGAIN = {"409", "503"}
"""Answers that mean: nothing was done or it is being done, ask again."""
BEHAVIOUR = {
    "yes": 50,
    "no": 12,
    "silent": 14,
    "seen-then-yes": 8,
    "late-yes": 6,
    "yes-twice": 5,
    "yes-by-api": 5,
}
"""What somebody does when alerted, by weight."""


@dataclass(frozen=True, slots=True)
class Try:
    """One POST of a report. ``answer``: its status, or the name of what broke."""

    began: float
    """By `time.monotonic`."""
    seconds: float
    answer: str

    @property
    def ended(self) -> float:
        """When the answer was there."""
        return self.began + self.seconds

    @property
    def taken(self) -> bool:
        """Whether it was a 2xx."""
        return self.answer.startswith("2")


@dataclass(slots=True)
class People:
    """Everybody who uses Tirek in a round. ``kind`` ends silences: all say yes at once."""

    town: Town
    pen: Pen
    rng: Random
    kind: bool = False
    samples: tuple[str, ...] = ()
    """Which of the sample incidents are reported; all when empty."""
    behaviour: dict[str, int] = field(default_factory=lambda: dict(BEHAVIOUR))
    tries: list[Try] = field(default_factory=list)
    """Every POST that has ended, in that order."""
    _seen: int = 0
    _answered: set[str] = field(default_factory=set)
    _busy: set[asyncio.Task[None]] = field(default_factory=set)
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    # --- who reports --------------------------------------------------------------------------

    async def report(self, incidents: int, seconds: float) -> None:
        """So many reports, evenly over so many seconds, each until there is a 2xx."""
        began = monotonic()
        names = self.samples or sorted(self.town.samples)
        reports = []
        for number in range(incidents):
            key = str(UUID(int=self.rng.getrandbits(128), version=4))
            await asyncio.sleep(max(0.0, began + seconds * number / incidents - monotonic()))
            name = self.rng.choice(names)
            reports.append(asyncio.create_task(self._insist(key, name)))
        await asyncio.gather(*reports)

    async def _insist(self, key: str, name: str) -> None:
        body = self.town.body(name)
        caller = self.town.caller(self.town.samples[name].reported_by)
        async with self._gate:
            deadline, tries = monotonic() + INSIST, 0
            while monotonic() < deadline:
                tries += 1
                began = monotonic()
                try:
                    answer = await self.town.call(
                        caller, "intake", "POST", "/incidents", body, Idempotency_Key=key
                    )
                    word = str(answer.status_code)
                except httpx.HTTPError as problem:
                    answer, word = None, type(problem).__name__
                done = Try(began, round(monotonic() - began, 4), word)
                self.tries.append(done)
                if answer is not None and answer.is_success:
                    self.pen.took(key, answer.json()["incident_id"], done.seconds, tries)
                    return
                self.pen.write("refused", answer=word, seconds=done.seconds)
                await asyncio.sleep(self.rng.uniform(0.1, 0.3))
            self.pen.write("given-up", key=key)

    # --- who answers --------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether somebody who was alerted has still something to say."""
        return bool(self._busy)

    async def finish(self) -> None:
        """Until everybody who was alerted by now has said what they had to say."""
        while self._busy:
            await asyncio.wait(self._busy)

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """Everybody who is alerted does what is drawn for them, until the block ends."""
        reading = asyncio.create_task(self._read_phones())
        try:
            yield
        finally:
            tasks = {reading, *self._busy}
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            if not reading.cancelled() and reading.exception():
                raise reading.exception() or AssertionError

    async def _read_phones(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            try:
                url = f"{self.town.stack.url('phones')}/api/messages?since={self._seen}"
                found = (await self.town.http.get(url)).json()
            except httpx.HTTPError:
                continue  # a busy machine: the phones keep their texts
            for message in found:
                self._seen = max(self._seen, message["number"])
                if not message["from_phone"]:
                    self._begin_answer(message["phone"], message["text"])

    def _begin_answer(self, phone: str, text: str) -> None:
        words = reply_words(text)
        code = next(iter(codes_in(text)), None)
        if words is None or code is None or phone + code in self._answered:
            return
        self._answered.add(phone + code)
        drawn = self.rng.choices(list(self.behaviour), list(self.behaviour.values()))[0]
        # a yes in the end is all that keeps a ladder from climbing for minutes
        behaviour = "yes" if self.kind else drawn
        pause = self.rng.uniform(0.05, 1.2)
        task = asyncio.create_task(self._answer(behaviour, phone, code, words, pause))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def _answer(
        self, behaviour: str, phone: str, code: str, words: dict[Answer, str], pause: float
    ) -> None:
        yes, no, seen = words[Answer.ACCEPT], words[Answer.REJECT], words[Answer.RECEIVED]
        texts = {
            "yes": [f"{yes} {code}"],
            "no": [f"{no} {code}"],
            "silent": [],
            "seen-then-yes": [f"{seen} {code}", f"{yes} {code}"],
            "late-yes": [f"{yes} {code}"],
            "yes-twice": [f"{yes} {code}", f"{code} {yes}"],
            "yes-by-api": [],
        }[behaviour]
        await asyncio.sleep(LATE if behaviour == "late-yes" else pause)
        if behaviour == "yes-by-api":
            await self._accept_over_api(phone)
        for text in texts:
            await self._type(phone, text)
            await asyncio.sleep(pause)

    async def _type(self, phone: str, text: str) -> None:
        """The phones' own ledger tells whether the system has taken it."""
        url = f"{self.town.stack.url('phones')}/api/phones/{phone.lstrip('+')}/replies"
        for _ in range(30):
            try:
                if (await self.town.http.post(url, json={"text": text})).status_code == 202:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(1.0)  # the SMSC has no room: nobody is bound

    async def _accept_over_api(self, phone: str) -> None:
        """One offer of the person's own queue; what gets a 2xx must stand."""
        staff = next(each.staff_id for each in self.town.people.values() if each.phone == phone)
        caller = self.town.caller(staff)
        try:
            queue = await self.town.call(caller, "referral", "GET", "/queue")
            offers = [one for one in _lines(queue) if one["status"] == "requested"]
            for offer in offers[:1]:
                path = f"/offers/{offer['offer_id']}/accept"
                answer = await self.town.call(caller, "referral", "POST", path, {})
                if answer.is_success:
                    self.pen.write("said", offer=offer["offer_id"], staff=staff)
                else:
                    self.pen.write("refused", answer=f"accept-{answer.status_code}", seconds=0)
        except httpx.HTTPError:
            return


def _lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return list(answer.json()["offers"]) if answer.is_success else []
