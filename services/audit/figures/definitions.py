"""Definitions: what each number means, for pages and CSV alike. English; pages translate."""

from collections.abc import Mapping

from services.audit.figures.clocks import Clock, Response

CLOCKS: Mapping[Clock, str] = {
    Clock.HER_ACCEPTANCE: (
        "From the opening of a need until anybody accepts it. It runs at night, on holidays, and "
        "where consent came later."
    ),
    Clock.HER_CONTACT: "From the opening of a need until the first contact that anybody claims.",
    Clock.ACKNOWLEDGEMENT: (
        "From when somebody at the organisation was told until anybody there says anything: seen, "
        "yes or no."
    ),
    Clock.DECISION: (
        "From when somebody at the organisation was told until anybody there says yes or no. A "
        "delivery receipt is no answer."
    ),
    Clock.CONTACT: (
        "From the organisation's yes until the first contact that they claim. A pause stops "
        "nothing, and moves no limit."
    ),
}
RESPONSES: Mapping[Response, str] = {
    Response.IN_TIME: "Answered at the limit or before it.",
    Response.LATE: "Answered after the limit. It stays late for ever.",
    Response.EXPIRED: "The limit passed without an answer, and none has come since. A failure.",
    Response.OPEN: "Not answered, and the limit has not passed at the cut.",
    Response.ENDED: (
        "Ended before its limit by something else: another's yes, a consent that was withdrawn, a "
        "correction."
    ),
    Response.NOT_TOLD: (
        "Nobody there was told before the limit. Not their silence, but ours: no part of n."
    ),
    Response.NO_CONSENT: "Waits for a consent: nobody may be asked. No part of n.",
    Response.NO_LIMIT: "Its limit is not known. No part of n.",
}
COLUMNS: Mapping[str, str] = {
    "n": "Those whose clock began in the period: answered, expired, open, or ended otherwise.",
    "due": "Answered, or the limit has passed.",
    "in-time": "Those answered within the limit.",
    "share": "Those answered within the limit, of those due. What expired counts as a failure.",
    "interval": "Wilson's 95 % interval of the share.",
    "median": (
        "The smallest time within which half of all were answered, by the curve. Not reached: "
        "fewer than half were. The unanswered are not left out."
    ),
    "p90": (
        "The smallest time within which 90 % of all were answered, by the curve, or not reached."
    ),
    "reached": "The share that was answered at all, by the curve.",
    "still-open": (
        "Not over at the cut, whether the limit has passed or not: the only ones of which the "
        "curve takes nothing for granted."
    ),
    "excluded": "Counted apart, by reason: no part of n.",
    "paused": "Of n, those that were ever on hold. Nothing is subtracted for it.",
    "escalated": "Of n, those of which a further tier was told.",
    "voided": "Of n, those entered in error, as was said afterwards. What they were before counts.",
    "wall": "By the clock on the wall.",
    "worked": "The same waits in working hours. Beside the clock on the wall, never instead of it.",
    "channel": (
        "Over what they were told first: by what they answered over, silence would be left out."
    ),
    "hour": "The local hour at which the clock began.",
    "period": (
        "By the local day on which the clock began. Late answers change past months: see the cut."
    ),
    "funnel": (
        "Silent: expired, of those due. The limits are exact binomial ones round the share of all "
        "together, at 95 and 99.8 %: within them, chance alone explains the difference."
    ),
    "unmet": "Needs for which nobody was left to ask, or that were closed as not met.",
    "suppressed": "Held back: it could tell who is meant.",
    "rounded": "Times are rounded up: each step of a curve is one person.",
}
