"""Looks at referral and at the phones as a coordinator and as their owners would, and tells."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.demo.story.board import Alert, Case, changes
from deploy.demo.story.codes import Codes, codes_in, reply_words
from deploy.demo.story.voices import Voices
from services.referral.views import ServiceRequestView

REASONS = {
    "excluded-organisation": "in conflict",
    "excluded-place": "too near",
    "no-consent": "without consent",
    "not-verified": "not verified",
    "full": "full",
    "not-eligible": "not for her",
    "closed-now": "closed now",
}
NEAR = ("same village", "same aimak", "same raion", "same oblast", "another oblast")
MORE = {"stands-in": "stands in for one in conflict", "takes-hold": "takes a less urgent hold"}
"""What is more to say of a candidate than where it is."""


@dataclass(slots=True)
class Watch:
    """Keeps the board up to date. ``say`` hears of every change."""

    voices: Voices
    cases: list[Case]
    say: Callable[[float, str, str], None]
    _codes: Codes = field(init=False)
    _read: int = 0
    _unmatched: list[dict[str, Any]] = field(default_factory=list)
    """Texts with a code of an offer that has not been seen at referral yet."""

    def __post_init__(self) -> None:
        self._codes = Codes(self.voices.stack.keys("notify"))

    async def look(self, now: float) -> None:
        """One look. Raises `Refused` or `httpx.HTTPError`, and then is simply repeated."""
        await self._look_at_needs(now)
        for message in await self.voices.messages(self._read):
            self._read = int(message["number"])
            if not message["from_phone"]:
                self.say(now, "", f"{message['phone']} « {message['text']} »")
                self._unmatched.append(message)
        self._unmatched = [each for each in self._unmatched if not self._matched(each, now)]

    async def _look_at_needs(self, now: float) -> None:
        by_incident = {case.incident_id: case for case in self.cases if case.incident_id}
        for raw in await self.voices.service_requests():
            case = by_incident.get(raw["incident_id"])
            if case is None:
                continue  # somebody's own, reported by hand
            need = ServiceRequestView.model_validate(raw)
            before = case.needs.get(need.service_type)
            if need.offers and need.service_type not in case.why:
                looked = await self.voices.decisions(need.service_request_id)
                case.why[need.service_type] = why(looked)
                self.say(now, case.name, f"{need.service_type}: {case.why[need.service_type]}")
            case.needs[need.service_type] = need
            for line in changes(before, need):
                self.say(now, case.name, f"{need.service_type}: {line}")

    def _matched(self, message: Mapping[str, Any], now: float) -> bool:
        """Whether a text is dealt with: it asks nothing, or whom it asks what is known now."""
        text, phone = str(message["text"]), str(message["phone"])
        codes = codes_in(text)
        if not codes or reply_words(text) is None:
            return True
        owners = [each.staff_id for each in self.voices.people.values() if each.phone == phone]
        for case, offer_id in self._offers():
            for staff_id in owners:
                if found := codes & self._codes.of(offer_id, staff_id):
                    alert = Alert(offer_id, staff_id, phone, min(found), text, now)
                    case.alerts.setdefault((offer_id, staff_id), alert)
                    return True
        return False

    def _offers(self) -> Iterable[tuple[Case, str]]:
        for case in self.cases:
            for need in case.needs.values():
                for offer in need.offers:
                    yield case, offer.offer_id

    async def overheard(self) -> Mapping[str, list[str]]:
        """By case: whom of its ``never_alerted`` a text or an e-mail about it reached after all.

        Read from what the simulators really delivered, not from what the system says it sent.
        """
        phones = [each for each in await self.voices.messages(0) if not each["from_phone"]]
        delivered = [(str(each["phone"]), str(each["text"])) for each in phones]
        for mail in await self.voices.mails():
            text = f"{mail['subject']}\n{mail['text']}"
            delivered += [(str(recipient), text) for recipient in mail["recipients"]]
        return {case.name: list(self._overheard(case, delivered)) for case in self.cases}

    def _overheard(self, case: Case, delivered: list[tuple[str, str]]) -> Iterable[str]:
        never = set(case.sample.expect.never_alerted)
        offers = [offer for need in case.needs.values() for offer in need.offers]
        for organisation in sorted({each.organisation for each in offers if each.told} & never):
            yield f"{organisation}: expected never to be alerted, found that it was told"
        for person in self.voices.people.values():
            if not never & {person.staff_id, person.organisation}:
                continue
            codes = {
                code for offer in offers for code in self._codes.of(offer.offer_id, person.staff_id)
            }
            contacts = {person.phone, person.email}
            texts = [text for to, text in delivered if to in contacts]
            if any(codes & codes_in(text) for text in texts):
                yield f"{person.staff_id}: expected never to be alerted, found a message"


def why(looked: list[dict[str, Any]]) -> str:
    """The first look at the directory in words: who came first of how many, who was left out."""
    if not looked:
        return ""
    candidates, excluded = looked[0]["candidates"], looked[0]["excluded"]
    words = f"{len(candidates)} can help" if candidates else "nobody can help"
    if candidates:
        first = candidates[0]
        words += f", first {first['organisation']} ({NEAR[min(first['distance'], len(NEAR) - 1)]}"
        words += f", {first['free']} free" if first["free"] is not None else ""
        words += f", {MORE[first['why']]})" if first["why"] in MORE else ")"
    counted = Counter(str(each["reason"]).split(":")[0] for each in excluded)
    left_out = [f"{number} {REASONS.get(reason, reason)}" for reason, number in counted.items()]
    return words + (f"; left out: {', '.join(left_out)}" if left_out else "")
