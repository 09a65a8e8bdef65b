"""What staff are told by SMS and e-mail, in their language: the closed list of messages.

The texts are data of the jurisdiction; which exist, and what may be filled into them, is fixed
here. Nothing that can be filled in tells who, what or where.
"""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from shared.events.words import Answer
from shared.jurisdiction.config_files import FromFile, at_line, read_yaml
from shared.jurisdiction.sms_segments import measure
from shared.symbols import PUBLIC_ID_LENGTH

_ASK = frozenset({"label", "code", "deadline", "yes", "no", "seen"})
_CODE = frozenset({"label", "code"})
_ACTS = frozenset({"going", "there", "cannot"})
_CASE = frozenset({"label", "case"})

TEMPLATES: Mapping[str, frozenset[str]] = {
    "alert-immediate": _ASK,
    "alert-high": _ASK,
    "alert-standard": _ASK,
    "alert-repeat": _ASK,
    "reminder": _ASK,
    "answer-accepted": _CODE | _ACTS,
    "answer-rejected": _CODE,
    "answer-received": _ASK - {"seen"},
    "answer-too-late": _CODE,
    "answer-taken": _CODE | {"time"},
    "answer-unknown-code": _ASK - {"code", "deadline"},
    "answer-which-word": _CODE | {"yes", "no"},
    "answer-which-act": _CODE | _ACTS,
    "answer-your-code": _CODE | {"yes", "no"},
    "answer-which-code": frozenset({"label"}),
    "answer-on-the-way": _CODE | {"there", "cannot"},
    "answer-arrived": _CODE,
    "contact-due": _CODE | {"deadline", "there", "cannot"},
    "contact-over": _CODE,
    "offer-cancelled": _CODE,
    "withdrawn-delete-copies": _CASE,
    "taken": _CODE,
    "handed-over": _CASE | {"deadline"},
    "contact-code": frozenset({"label", "digits"}),
    "notice-exhausted": _CASE,
    "notice-no-answer": _CASE,
    "notice-alerts-not-going-out": _CASE,
    "notice-not-permitted": _CASE,
    "notice-no-consent": _CASE,
    "notice-contact-overdue": _CASE,
    "notice-review-overdue": _CASE,
    "notice-review-due": _CASE,
    "notice-takeover-late": _CASE,
    "action-due-soon": frozenset({"label"}),
    "action-due-today": frozenset({"label"}),
    "ledger-finding": frozenset({"label"}),
    "ledger-checkpoint": frozenset({"label", "checkpoint"}),
}
"""Every message and what is filled into it. ``yes``, ``no``, ``seen`` are the reply words; those of
who has said yes are ``going``, ``there``, ``cannot``. ``case`` is a public id, to find it by where
the act is done, or how many cases a text of several is about; ``code`` stands where the answer is
an SMS. ``checkpoint`` is the ledger's. ``digits`` show that somebody reads what
goes to a number or an address."""
MAIL_ALONE = frozenset({"ledger-checkpoint"})
"""Messages that no SMS holds."""
CASE_TOO = frozenset(
    {"alert-immediate", "alert-high", "alert-standard", "alert-repeat", "reminder"}
    | {"answer-accepted"}
)
"""Messages whose e-mail names the case too: there is room, and its reader may act in the system."""

LABEL_MAX = 11
"""Letters of the product's own name in messages: what an alphanumeric SMS sender may have."""
DIGITS = {"1": Answer.ACCEPT, "2": Answer.REJECT, "3": Answer.RECEIVED}
"""Answers of a keypad phone, the same in every language."""
_LONGEST = {
    "label": "W" * LABEL_MAX,
    "code": "W" * 7,
    "digits": "0" * 6,
    "deadline": "30.12 23:59",
    "time": "30.12 23:59",
}
_MOST = 999


class Word(FromFile):
    """A reply word, or a few: as the message shows it, and what people type instead.

    ``unless``: beside one of these it is not certain. One that begins with ``-`` is an ending.
    """

    shown: str
    also: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class ReplyWords(FromFile):
    """The answers of one language. ``doubt``: beside one of these none of them is certain."""

    accept: Word
    reject: Word
    received: Word
    on_the_way: Word
    arrived: Word
    unable: Word
    doubt: tuple[str, ...] = ()

    def all(self) -> Iterator[tuple[str, Answer]]:
        """Every spelling, folded as `fold` does, with its answer."""
        for answer, word in self._words():
            for spelling in (word.shown, *word.also):
                yield fold(spelling), answer

    def doubts(self) -> Iterator[tuple[str, frozenset[Answer]]]:
        """Every word of doubt, with the answers that it makes doubtful."""
        for word in self.doubt:
            yield word, frozenset(Answer)
        for answer, one in self._words():
            for word in one.unless:
                yield word, frozenset({answer})

    def _words(self) -> Iterator[tuple[Answer, Word]]:
        for answer in Answer:
            yield answer, getattr(self, answer.value.replace("-", "_"))


class Email(FromFile):
    """An e-mail's subject and plain text."""

    subject: str
    body: str


class Messages(FromFile):
    """The texts of one language. ``proof_read``: by somebody who has it as a mother tongue.

    ``several`` stands for the public id in a text about ``{count}`` cases.
    """

    language: str
    proof_read: bool
    reply_words: ReplyWords
    several: str
    sms: dict[str, str] = Field(min_length=1)
    email: dict[str, Email] = Field(min_length=1)

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """``values`` and this language's reply words."""
        words = self.reply_words
        return {
            "yes": words.accept.shown,
            "no": words.reject.shown,
            "seen": words.received.shown,
            "going": words.on_the_way.shown,
            "there": words.arrived.shown,
            "cannot": words.unable.shown,
            **values,
        }


@dataclass(frozen=True, slots=True)
class Texts:
    """All languages. One that is not there falls back to the jurisdiction's first.

    ``answers``: the reply words of all languages, and the digits, folded as `fold` does.
    ``doubts``: the words beside which some answers are not certain.
    """

    languages: Mapping[str, Messages]
    first: str
    answers: Mapping[str, Answer]
    doubts: Mapping[str, frozenset[Answer]]

    def sms(self, template: str, language: str, values: Mapping[str, str]) -> str:
        """The one-segment text of a message. ``values`` as `TEMPLATES` asks, reply words apart."""
        messages = self._in(language)
        return messages.sms[template].format_map(messages.filled(values))

    def email(self, template: str, language: str, values: Mapping[str, str]) -> Email:
        """Subject and plain text of a message."""
        messages = self._in(language)
        filled, email = messages.filled(values), messages.email[template]
        return Email(subject=email.subject.format_map(filled), body=email.body.format_map(filled))

    def several(self, language: str, count: int) -> str:
        """The ``case`` of a text about so many."""
        return self._in(language).several.format(count=min(count, _MOST))

    def _in(self, language: str) -> Messages:
        return self.languages.get(language) or self.languages[self.first]


def fold(word: str) -> str:
    """A typed word without case, blanks and stray punctuation round it."""
    return word.strip(string.whitespace + string.punctuation + "«»…").casefold()


def check_label(label: str) -> str:
    """The product's name for messages; raises `ValueError` unless 1 to 11 plain ASCII letters."""
    if not 1 <= len(label) <= LABEL_MAX or not label.isascii() or not label.isprintable():
        raise ValueError(f"a label has 1 to {LABEL_MAX} printable ASCII characters")
    return label


def read_texts(folder: Path, languages: tuple[str, ...]) -> Texts:
    """``<language>.yaml`` of each language, proved to fit one segment."""
    read: dict[str, Messages] = {}
    answers = dict(DIGITS)
    doubts: dict[str, frozenset[Answer]] = {}
    for language in languages:
        path = folder / f"{language}.yaml"
        read[language] = read_yaml(path, Messages)
        for problem in _problems(read[language], language, answers):
            raise at_line(path, problem)
        answers.update(read[language].reply_words.all())
        for word, doubtful in read[language].reply_words.doubts():
            doubts[word] = doubts.get(word, frozenset()) | doubtful
    return Texts(read, languages[0], answers, doubts)


def _problems(messages: Messages, language: str, answers: Mapping[str, Answer]) -> Iterator[str]:
    if messages.language != language:
        yield f"language: must be {language}"
    meanings = dict(answers)
    for word, answer in messages.reply_words.all():
        if meanings.setdefault(word, answer) is not answer or not word:
            yield f"reply_words: {word!r} is no word with one meaning"
    for kind, texts in (("sms", messages.sms), ("email", messages.email)):
        wanted = set(TEMPLATES) - (MAIL_ALONE if kind == "sms" else set())
        if differing := set(texts) ^ wanted:
            yield f"{kind}: missing or unknown: {', '.join(sorted(differing))}"
    yield from _field_problems("several", messages.several, frozenset({"count"}))
    cases = ("W" * PUBLIC_ID_LENGTH, messages.several.format(count=_MOST))
    longest = messages.filled(_LONGEST | {"case": max(cases, key=len)})
    for template, fields in TEMPLATES.items():
        email = messages.email[template]
        in_email = fields | {"case"} if template in CASE_TOO else fields
        yield from _field_problems(f"email.{template}", email.subject + email.body, in_email)
        if template not in MAIL_ALONE:
            yield from _sms_problems(template, messages.sms[template], fields, longest)


def _sms_problems(
    template: str, text: str, fields: frozenset[str], longest: Mapping[str, str]
) -> Iterator[str]:
    yield from _field_problems(f"sms.{template}", text, fields)
    filled = text.format_map(longest)
    size = measure(filled)
    if not size.one_segment:
        yield f"sms.{template}: {size.used} of {size.limit} units at worst: {filled!r}"


def _field_problems(where: str, text: str, fields: frozenset[str]) -> Iterator[str]:
    try:
        used = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as problem:
        yield f"{where}: {problem}"
        return
    if used != fields:
        yield f"{where}: must hold {', '.join(sorted(fields))}, holds {', '.join(sorted(used))}"
