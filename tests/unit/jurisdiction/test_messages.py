"""What staff are told: one segment each, and nothing that could give a case away."""

import itertools
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.events.words import Answer, Urgency
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.sms_segments import measure
from shared.jurisdiction.texts import MAIL_ALONE, TEMPLATES, check_label, fold

LANGUAGES = ("ky", "ru", "en")
HIGHEST = ("alert-immediate", "notice-not-permitted")
IN_SMS = sorted(set(TEMPLATES) - MAIL_ALONE)
WORST = {
    "label": "W" * 11,
    "code": "WWWWWWW",
    "case": "WWWWWW",
    "deadline": "30.12 23:59",
    "time": "30.12 23:59",
    "digits": "000000",
    "checkpoint": "kezek.example/ledger\n1\nroot",
}

TELLING = [
    stem
    for line in (Path(__file__).parent / "telling_words.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for stem in line.split()
]


@pytest.mark.parametrize(
    ("template", "language"), list(itertools.product(IN_SMS, (*LANGUAGES, "uz")))
)
def test_every_sms_fits_one_segment_at_its_longest(
    kg: Jurisdiction, template: str, language: str
) -> None:
    """70 letters where one is Cyrillic, 160 otherwise: some operators join no parts."""
    for case in (WORST["case"], kg.texts.several(language, 10_000)):
        size = measure(kg.texts.sms(template, language, {**WORST, "case": case}))
        assert size.one_segment, size


@pytest.mark.parametrize(("template", "language"), list(itertools.product(TEMPLATES, LANGUAGES)))
def test_no_message_holds_a_telling_word(kg: Jurisdiction, template: str, language: str) -> None:
    """A phone lies on a kitchen table. Neither SMS nor e-mail says what this is about."""
    email = kg.texts.email(template, language, WORST)
    several = kg.texts.several(language, 18)
    sms = kg.texts.sms(template, language, WORST) if template in IN_SMS else ""
    for text in (sms, email.subject, email.body, several):
        words = "".join(each if each.isalpha() or each == "-" else " " for each in text.casefold())
        told = [word for word in words.split() if word.startswith(tuple(TELLING))]
        assert not told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("urgency", Urgency)
def test_an_alert_says_what_to_answer_until_when(
    kg: Jurisdiction, language: str, urgency: Urgency
) -> None:
    """Reply words, the code and the deadline stand in every alert, and its words are understood."""
    values = {"label": "Tirek", "code": "K7M2QXB", "case": "K7M4P2", "deadline": "14:35"}
    text = kg.texts.sms(f"alert-{urgency.value}", language, values)
    words = kg.texts.languages[language].reply_words
    shown = {"accept": words.accept, "reject": words.reject, "received": words.received}
    for answer, word in shown.items():
        assert word.shown in text
        assert kg.texts.answers[fold(word.shown)] is Answer(answer)
    assert "K7M2QXB" in text
    assert "14:35" in text


def test_the_words_of_all_languages_are_understood_everywhere(kg: Jurisdiction) -> None:
    """People answer in the language of the moment, or with a digit on a keypad phone."""
    answers = kg.texts.answers
    assert {answers[word] for word in ("ооба", "беру", "да", "yes", "1")} == {Answer.ACCEPT}
    assert {answers[word] for word in ("жок", "нет", "no", "2")} == {Answer.REJECT}
    assert {answers[word] for word in ("көрдүм", "получил", "вижу", "seen", "3")} == {
        Answer.RECEIVED
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", sorted(name for name in TEMPLATES if "notice" in name))
def test_a_notice_names_its_case_and_no_place(
    kg: Jurisdiction, language: str, template: str
) -> None:
    """The public id says enough, in the SMS as in subject and body; a place would say where."""
    values = {"label": "Kezek", "case": "K7M4P2"}
    email = kg.texts.email(template, language, values)
    for text in (kg.texts.sms(template, language, values), email.subject, email.body):
        assert "K7M4P2" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_urgency_has_its_own_word_everywhere(kg: Jurisdiction, language: str) -> None:
    """An e-mail of an emergency does not say the lower grade, nor does one without consent."""
    words = {
        "ky": ("өтө шашылыш", "шашылыш"),
        "ru": ("экстренн", "срочн"),
        "en": ("emergency", "urgent"),
    }
    emergency, urgent = words[language]
    for template in ("alert-immediate", "alert-high", "alert-standard", "notice-not-permitted"):
        email = kg.texts.email(template, language, WORST)
        for text in (kg.texts.sms(template, language, WORST), email.subject, email.body):
            said = text.casefold()
            assert (emergency in said) is (template in HIGHEST), text
            assert (urgent in said.replace(emergency, "")) is (template == "alert-high"), text


def test_no_kyrgyz_text_leaves_a_case_ending_to_what_is_filled_in(kg: Jurisdiction) -> None:
    """03:40 takes one ending, 03:50 another: so no word that needs one may stand behind it."""
    messages = kg.texts.languages["ky"]
    mails = [f"{each.subject}\n{each.body}" for each in messages.email.values()]
    for text in (*messages.sms.values(), *mails):
        assert not re.search(r"\}\s*(чейин|башкалар|карата|жакын|бери|кийин)\b", text), text


def test_a_language_that_is_not_there_falls_back_to_the_first(kg: Jurisdiction) -> None:
    """An Uzbek speaker on a watch reads Kyrgyz."""
    values = {"label": "Tirek", "code": "K7M2QXB"}
    assert kg.texts.sms("taken", "uz", values) == kg.texts.sms("taken", "ky", values)


def test_a_deadline_tells_its_day_when_that_is_not_today(kg: Jurisdiction) -> None:
    """``14:35`` tomorrow would be read as today; midnight is the local one."""
    seen = datetime(2026, 11, 23, 17, 50, tzinfo=UTC)  # 23:50 in Bishkek
    assert kg.moment(datetime(2026, 11, 23, 17, 55, tzinfo=UTC), seen) == "23:55"
    assert kg.moment(datetime(2026, 11, 23, 18, 5, tzinfo=UTC), seen) == "24.11 00:05"


@pytest.mark.parametrize("label", ["", "Tirek coordination", "Тирек", "a\nb"])
def test_a_label_is_short_and_plain(label: str) -> None:
    """Longer, or in other letters, it would break the one segment."""
    with pytest.raises(ValueError, match="label"):
        check_label(label)


def test_a_segment_is_counted_as_the_network_counts() -> None:
    """Extended letters take two septets, an emoji two UCS-2 units, one Cyrillic letter all."""
    assert (measure("a" * 160).one_segment, measure("a" * 161).one_segment) == (True, False)
    assert measure("[€]").used == 6
    assert measure("Б" * 70).one_segment
    assert not measure("Б" + "a" * 70).one_segment
    assert measure("😀").used == 2
