"""Words of who looked at what: what doings, records, links and reasons are called.

The English words stand here, those of the country in its ``wording``.
"""

from collections.abc import Mapping

from services.audit.seen.reading import What
from shared.terms import Words

LOOKS: Words = {
    What.VIEWED: "looked at",
    What.SEARCHED: "looked for",
    What.EXPORTED: "took a table along",
    What.READ_REFUSED: "was refused",
    What.LINK_REFUSED: "a link or a code opened nothing",
    What.SIGN_IN_REFUSED: "was not let in",
    What.SIGNED_IN: "signed in",
}
KINDS: Words = {
    "offer": "an offer",
    "service-request": "a need",
    "incident": "a report",
    "draft": "a draft of a report",
    "person": "a person's entry",
    "appeal": "an appeal",
    "committee": "a committee",
    "member": "a member of a committee",
    "public-id": "a case by its code",
    "views": "who looked at what",
    "figures": "response times",
    "figures-rows": "rows of response times",
    "figures-month": "a month's report",
    "committee-report": "figures of committees",
    "coverage": "where there are committees",
    "activities": "the register of activities",
    "aid": "the register of aid",
    "many": "several, too fast to be told apart",
    "invitation": "an invitation",
    "telephone": "a code that registers a telephone",
    "desk": "at a desk",
    "shared": "at a computer that others use too",
    "officer": "on a registered telephone",
}
REASONS: Words = {
    "unknown": "nobody's",
    "expired": "its time was over",
    "used-up": "it was used before",
    "withdrawn": "it was taken back, or a newer one was made",
    "wrong": "the password or the code was wrong",
    "wrong-pin": "the PIN was wrong",
}
LISTS: Mapping[str, Words] = {"looks": LOOKS, "kinds": KINDS, "reasons": REASONS}
