"""Pasted text: what nobody sees costs nobody anything."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.bodies import ReportBody
from services.notify.bodies import PERSON, PersonBody
from services.referral.bodies import Wanted
from shared.jurisdiction.phones import normalise
from shared.pasted import as_seen
from shared.symbols import fold
from tests.support.intake import UCHKUN, report

UNSEEN = [
    "\u00ad", "\u034f", "\u061c", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f",
    "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2063", "\u2066", "\u2067",
    "\u2068", "\u2069", "\ufe0f", "\ufeff", "\U000e0020",
]  # fmt: skip
SPACES = ["\u00a0", "\u2002", "\u2007", "\u2009", "\u202f", "\u205f", "\u3000", "\u2028"]


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_is_not_seen_is_read_away(sign: str) -> None:
    """Round a number and inside it, as contact lists and web pages have it."""
    assert as_seen(f"{sign}Айсулуу{sign} Үл{sign}гү{sign}") == "Айсулуу Үлгү"
    assert normalise(f"{sign}+996{sign} 000 500101{sign}", "996", 9) == "+996000500101"
    assert fold(f"Ооба{sign} {sign}27{sign}BH") == "OOБA 27BH"


@pytest.mark.parametrize("space", SPACES, ids=lambda space: f"U+{ord(space):04X}")
def test_a_space_of_another_kind_is_a_space(space: str) -> None:
    """Which must neither join two words nor refuse a number."""
    assert as_seen(f"{space}Айсулуу{space}Үлгү{space}") == "Айсулуу Үлгү"
    assert normalise(f"0{space}000{space}500{space}101", "996", 9) == "+996000500101"


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012\u2013\u2014\u2212")
def test_a_dash_of_another_kind_is_a_dash(dash: str) -> None:
    """Word processors change them while somebody types."""
    assert normalise(f"0000 500{dash}101", "996", 9) == "+996000500101"


@given(st.text(max_size=40))
def test_reading_twice_is_reading_once_and_what_is_seen_stays(text: str) -> None:
    """Letters, digits and signs are as they were, in their order."""
    once = as_seen(text)
    assert as_seen(once) == once
    kept = [each for each in text if unicodedata.category(each)[0] in "NP"]
    assert [each for each in once if unicodedata.category(each)[0] in "NP"] == kept


def test_every_text_of_a_body_is_read_as_it_is_seen_but_the_story() -> None:
    """Ids, codes, names, places, addresses, in lists too; a story is kept as it was told."""
    said = report(
        territory=f"\u202a{UCHKUN}\u202c",
        needs=["crisis-\u00adcounselling"],
        survivor={"language": "k\u200by", "name": "Айсу\u00adлуу\u00a0Үлгү"},
        accused=[{"staff_id": "\ufeffst-accused\u2060"}],
        text="Үй\u00adдө\u00a0болду.",
    )
    body = ReportBody.model_validate(said)
    assert (body.territory, body.needs) == (UCHKUN, ["crisis-counselling"])
    assert (body.survivor.language, body.survivor.name) == ("ky", "Айсулуу Үлгү")
    assert body.accused[0].staff_id == "st-accused"
    assert body.text == "Үй\u00adдө\u00a0болду."
    pasted = PERSON | {"email": "aigul@\u200btirek.example", "territories": ["41704\u202c"]}
    person = PersonBody.model_validate(pasted).person("st-aigul")
    assert (person.email, person.territories) == ("aigul@tirek.example", ("41704",))
    assert Wanted.model_validate({"incident": "\u200eabc\u00a0"}).incident == "abc"
