"""Words of the figures: what clocks, classes, parts and columns are called, in one language.

The English words stand here, those of the country in its ``wording``.
"""

from collections.abc import Mapping

from services.audit.figures.clocks import Clock, Response
from services.audit.figures.monthly import Standing
from services.audit.figures.report import Axis
from services.audit.seen import words as seen
from shared.events.words import Channel, Urgency
from shared.jurisdiction import Jurisdiction
from shared.terms import Term, Words, said

CLOCKS: Words = {
    Clock.HER_ACCEPTANCE: "until anybody accepts the need",
    Clock.HER_CONTACT: "until anybody makes the first contact",
    Clock.ACKNOWLEDGEMENT: "until the organisation says anything",
    Clock.DECISION: "until the organisation says yes or no",
    Clock.CONTACT: "from the organisation's yes until the first contact",
}
RESPONSES: Words = {
    Response.IN_TIME: "answered in time",
    Response.LATE: "answered late",
    Response.EXPIRED: "not answered",
    Response.OPEN: "open, its time not over",
    Response.ENDED: "ended otherwise",
    Response.NOT_TOLD: "nobody was told",
    Response.NO_CONSENT: "waits for a consent",
    Response.NO_LIMIT: "its limit is not known",
}
CHANNELS: Words = {
    Channel.API: "another system",
    Channel.CONSOLE: "the console",
    Channel.SMS: "SMS",
    Channel.EMAIL: "e-mail",
    Channel.LINK: "a link",
    Channel.DESK: "the desk",
    Channel.SYSTEM: "the system",
}
AXES: Words = {
    Axis.MONTH: "month",
    Axis.PLACE: "place",
    Axis.ORGANISATION: "organisation",
    Axis.SERVICE: "service",
    Axis.URGENCY: "urgency",
    Axis.CHANNEL: "told over",
    Axis.HOUR: "hour",
}
COLUMNS: Words = {
    "n": "n",
    "due": "due",
    "in-time": "answered in time",
    "share": "in time, % of due",
    "interval": "95 % interval",
    "median": "median",
    "p90": "P90",
    "reached": "ever answered, %",
    "still-open": "still open",
    "excluded": "not in n",
    "paused": "on hold at some time",
    "escalated": "a further tier was told",
    "voided": "entered in error",
    "wall": "the clock on the wall",
    "worked": "working hours",
    "channel": "told over",
    "hour": "hour",
    "period": "period",
    "funnel": "silence by organisation",
    "unmet": "what nobody had",
    "suppressed": "*",
    "rounded": "rounded",
}
STANDINGS: Words = {
    Standing.PRELIMINARY: "preliminary",
    Standing.FINAL: "final",
    Standing.LATER: "as of another day",
}
LISTS: Mapping[str, Words] = {
    "clocks": CLOCKS,
    "responses": RESPONSES,
    "channels": CHANNELS,
    "axes": AXES,
    "columns": COLUMNS,
    "standings": STANDINGS,
    # whose codes are words already
    "urgencies": {each: each.value for each in Urgency},
    **seen.LISTS,
}
NOT_KNOWN = "not known"
NOT_REACHED = "not reached"
SUPPRESSED = "*"


def vocabularies(country: Jurisdiction, language: str) -> dict[str, list[Term]]:
    """Every list by its name, with its terms in ``language``."""
    types = {code: each.names for code, each in country.service_types.items()}
    named = [Term(code, names.get(language) or code) for code, names in types.items()]
    lists = {name: said(codes, country.wording, language) for name, codes in LISTS.items()}
    return lists | {"service_types": named}


class Said:
    """Names in one language."""

    def __init__(self, country: Jurisdiction, language: str) -> None:
        self._country = country
        self._language = language
        self.zone = country.zone

    def say(self, english: str) -> str:
        """A text of the code."""
        return self._country.wording.say(english, self._language)

    def place(self, code: str) -> str:
        """A place by its code or the beginning of it."""
        country = self._country
        named = country.territories.name_of(code, self._language)
        return named or country.profile.names.get(self._language) or country.profile.id

    def service(self, code: str) -> str:
        """A service type; as it is where nobody knows it any more."""
        known = self._country.service_types.get(code)
        return code if known is None else known.names.get(self._language) or code

    def part(self, axis: Axis | None, key: str) -> str:
        """One part by an axis."""
        if not key:
            return self.say(NOT_KNOWN)
        if axis is Axis.PLACE:
            return self.place(key)
        if axis is Axis.SERVICE:
            return self.service(key)
        if axis is Axis.HOUR:
            return f"{key}:00"
        return self.channel(key) if axis is Axis.CHANNEL else self.say(key)

    def channel(self, code: str) -> str:
        """Over what somebody was told; as it is where nobody knows it any more."""
        return self.say(CHANNELS.get(code, code))
