"""What a message says: made when it is sent, in the reader's language, one segment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from services.notify.codes.keys import CodeKeys
from services.notify.codes.parse import parse
from services.notify.delivery.model import Kind, Message
from services.notify.delivery.wording import compose
from services.notify.deps import Deps
from services.notify.people.exclusions import Exclusions
from shared.events.words import Urgency
from shared.jurisdiction import load_jurisdiction
from shared.jurisdiction.sms_segments import measure
from shared.jurisdiction.texts import MAIL_ALONE, TEMPLATES
from shared.security.tags import Tagger
from shared.security.tokens import Signer
from tests.support.keys import sealers
from tests.support.still import still

NOW = datetime(2026, 11, 23, 17, 50, tzinfo=UTC)
COUNTRY = load_jurisdiction(Path("deploy/jurisdictions/kg"))
DEPS = Deps(
    exclusions=Exclusions.of(sealers("notify")["notify"], Tagger((b"t" * 32,)), 8),
    signer=Signer(OKPKey.generate_key("Ed25519", {"kid": "notify.1"}, auto_kid=False)),
    codes=CodeKeys({"codes.1": b"c" * 32}),
    country=still(COUNTRY),
    label="W" * 11,
)
MESSAGE = Message(
    message_id="m",
    kind=Kind.ALERT,
    template="alert-immediate",
    channel="sms",
    staff_id="st-a",
    urgency=Urgency.IMMEDIATE,
    valid_until=NOW + timedelta(days=30),
    instant=NOW + timedelta(minutes=15),
    alert_id="a",
    offer_id="o",
    public_id="K7M4P2",
)
languages = pytest.mark.parametrize("language", ["ky", "ru", "en"])


def text(message: Message, language: str = "ru") -> str:
    """The SMS as it would leave now."""
    return compose(DEPS, message, language=language, code="K7M4P2X", now=NOW).text


@languages
@pytest.mark.parametrize("template", sorted(set(TEMPLATES) - MAIL_ALONE))
def test_every_message_fits_one_segment(template: str, language: str) -> None:
    """With the longest label, a date far off, with a public id, without, and of very many cases."""
    far = replace(MESSAGE, kind=Kind.NOTICE, template=template, instant=NOW + timedelta(days=29))
    for each in (far, replace(far, public_id=None)):
        assert measure(text(each, language)).one_segment
    many = compose(DEPS, far, language=language, code="K7M4P2X", now=NOW, count=10_000)
    assert measure(many.text).one_segment


def test_times_are_those_of_the_clock_on_the_wall() -> None:
    """23:50 in Bishkek; what is due after midnight says the date."""
    assert "до 24.11 00:05" in text(MESSAGE)
    assert "до 23:55" in text(replace(MESSAGE, instant=NOW + timedelta(minutes=5)))


@languages
def test_what_a_message_shows_can_be_typed_back(language: str) -> None:
    """The words it names, with its code, are read as an answer."""
    words = COUNTRY.texts.languages[language].reply_words
    asked = [words.accept, words.reject, words.received]
    held = [words.on_the_way, words.arrived, words.unable]
    for message, shown in (
        (MESSAGE, asked),
        (replace(MESSAGE, kind=Kind.ANSWER, template="answer-accepted"), held),
        (replace(MESSAGE, kind=Kind.NOTICE, template="contact-due"), held[1:]),
    ):
        for word in shown:
            assert word.shown in text(message, language)
            [reply] = parse(f"{word.shown} K7M4P2X", DEPS.lexicon)
            assert reply.answer is not None


@languages
@pytest.mark.parametrize("template", sorted(set(TEMPLATES) - MAIL_ALONE))
def test_no_message_sent_back_is_taken_for_an_answer(template: str, language: str) -> None:
    """An alert, a question or a reminder that is quoted or forwarded names several words, or none:
    whoever sends it is asked.
    """
    for reply in parse(text(replace(MESSAGE, template=template), language), DEPS.lexicon):
        assert reply.answer is None


def test_an_alert_that_may_have_come_before_says_so() -> None:
    """On either channel."""
    repeated = replace(MESSAGE, maybe_sent=1)
    assert "Повтор" in text(repeated)
    mail = compose(DEPS, replace(repeated, channel="email"), language="ru", code="K7M4P2X", now=NOW)
    assert "K7M4P2X" in mail.subject
    assert "K7M4P2X" in mail.text


@languages
def test_a_notice_names_what_it_is_about_or_how_many(language: str) -> None:
    """By the public id, on either channel; a text about several says how many, and names none."""
    notice = replace(MESSAGE, kind=Kind.NOTICE, template="notice-exhausted", offer_id=None)
    for channel in ("sms", "email"):
        each = replace(notice, channel=channel)
        one = compose(DEPS, each, language=language, code=None, now=NOW)
        many = compose(DEPS, each, language=language, code=None, now=NOW, count=18)
        assert "K7M4P2" in one.text
        assert "18" in many.text
        assert "K7M4P2" not in many.text + many.subject


@languages
def test_a_text_of_the_release_before_names_what_it_can(language: str) -> None:
    """Without a public id: the code that its reader has, else that it is one."""
    before = replace(MESSAGE, template="handed-over", public_id=None)
    assert "K7M4P2X" in text(before, language)
    notice = replace(before, kind=Kind.NOTICE, template="notice-exhausted", offer_id=None)
    assert "1" in compose(DEPS, notice, language=language, code=None, now=NOW).text


@pytest.mark.parametrize("template", sorted(set(TEMPLATES) - MAIL_ALONE))
def test_what_asks_for_an_answer_by_a_time_is_worth_nothing_behind_it(template: str) -> None:
    """A phone that is switched on next day gets no «Ответ до 07:33»; all else it gets."""
    until = replace(MESSAGE, template=template, instant=NOW + timedelta(minutes=5))
    asks = {"code", "deadline"} <= TEMPLATES[template]
    lasts = compose(DEPS, until, language="ru", code="K7M4P2X", now=NOW).lasts
    assert lasts == (timedelta(minutes=5) if asks else None)
    late = compose(DEPS, until, language="ru", code="K7M4P2X", now=NOW + timedelta(hours=1))
    assert late.lasts is None
    mail = replace(until, channel="email")
    assert compose(DEPS, mail, language="ru", code="K7M4P2X", now=NOW).lasts is None


def test_an_unknown_language_is_the_jurisdictions_first() -> None:
    """Nobody is left without a message."""
    assert text(MESSAGE, "fr") == text(MESSAGE, "ky")


@languages
def test_a_checkpoint_is_mailed_and_nothing_else(language: str) -> None:
    """To the octet, under a subject that says nothing of what the ledger is about."""
    note = "kezek.example/ledger\n1\nroot=\n\n— kezek.example/ledger sig=\n"
    told = replace(
        MESSAGE, kind=Kind.NOTICE, template="ledger-checkpoint", channel="email", checkpoint=note
    )
    mail = compose(DEPS, told, language=language, code=None, now=NOW)
    assert mail.text == note
    assert mail.subject.startswith("W" * 11)
