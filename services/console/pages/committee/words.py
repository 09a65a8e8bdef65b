"""Words: what the codes of a committee's registers are called. One list for a vocabulary.

Pages translate them where they show them; what only one register knows stands in its own folder.
"""

from collections.abc import Mapping

from services.console.frame.desk import Desk
from services.console.frame.texts import later, say

Words = Mapping[str, str]
SECTORS: Words = {
    "state-police": later("internal affairs"),
    "state-health": later("health"),
    "state-education": later("education"),
    "state-social-development": later("social development"),
    "self-government-executive": later("ayil okmotu or mayor's office"),
    "self-government-kenesh": later("deputies of the kenesh"),
    "community-aksakal-court": later("aksakal court"),
    "community-womens-council": later("women's council"),
    "community-youth-council": later("youth council"),
    "community-activist": later("activists of the community"),
    "advocate": later("advocates"),
    "ngo": later("non-governmental organisations"),
    "crisis-centre": later("crisis centre"),
}
ACTIONS: Words = {
    "refer": later("refer to those who help"),
    "consider-jointly": later("consider together with another body"),
    "visit-family": later("visit the family"),
    "prevention-talk": later("hold a prevention talk"),
    "corrective-programme": later("send to a corrective programme"),
    "legal-aid": later("arrange legal aid"),
    "counselling": later("arrange counselling"),
    "restore-documents": later("restore documents"),
    "aid-cash": later("give aid in cash"),
    "aid-house": later("help with a house"),
    "aid-other": later("give other aid"),
    "prevention-meeting": later("hold a prevention meeting"),
    "training": later("hold a training"),
    "inform": later("inform people"),
    "report-back": later("report to the committee"),
    "other": later("other work"),
}


def label(words: Words, code: str | None) -> str:
    """What a code is called; as it is where nobody knows it, empty for none."""
    return say(words.get(code, code)) if code else ""


def options(words: Words, empty: str | None = None) -> list[tuple[str, str]]:
    """To choose from; ``empty``: what stands first for none of them."""
    first = [] if empty is None else [("", empty)]
    return first + [(code, say(said)) for code, said in words.items()]


def bodies(desk: Desk) -> Words:
    """Whom members speak for, and what a committee asks something of, as the country names them."""
    names = desk.deps.jurisdiction.profile.bodies
    return {
        code: said.get(desk.language) or next(iter(said.values())) for code, said in names.items()
    }


def body(desk: Desk, code: str) -> str:
    """What one of them is called; as it is where nobody knows it."""
    return bodies(desk).get(code, code)


def place(desk: Desk, code: str) -> str:
    """What a place is called."""
    return desk.deps.jurisdiction.territories.name_of(code, desk.language) or code
