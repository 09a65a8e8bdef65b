"""S: texts that came again, in all and those that did not say so."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Self

from deploy.demo.story.codes import codes_in
from deploy.local.stack import ROOT
from shared.jurisdiction import load_jurisdiction
from shared.jurisdiction.texts import TEMPLATES, Messages
from shared.symbols import PUBLIC_ID_LENGTH, SYMBOLS
from tests.campaign.ledger import Ledger
from tests.campaign.oracle.evidence import Evidence, Row

ALERT, REPEAT, NOTICE = "alert", "alert-repeat", "notice-"
_PUBLIC_ID = re.compile(rf"(?<!\w)[{SYMBOLS}]{{{PUBLIC_ID_LENGTH}}}(?!\w)")


class Group(NamedTuple):
    """Texts that mean the same thing to the same reader: to where, what it names, which message.

    It names a code or a public id; a notice counts for none, because several may be one text.
    """

    to: str
    named: str
    template: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """Every text and e-mail that anybody got, by what it means."""

    groups: Mapping[Group, tuple[str, ...]]
    """The template that each was worded by, in the order they came."""
    unknown: tuple[str, ...]
    """Texts that no template makes."""

    @classmethod
    def of(cls, ledger: Ledger) -> Self:
        """Reads each text back to its template and code."""
        found: dict[Group, list[str]] = defaultdict(list)
        unknown: list[str] = []
        came = [*((each.phone, each.text) for each in ledger.texts), *ledger.mails]
        for to, text in came:
            template = template_of(text)
            if template is None:
                unknown.append(text)
                continue
            found[Group(to, _named(template, text), _kind(template))].append(template)
        return cls({group: tuple(names) for group, names in found.items()}, tuple(unknown))

    def of_group(self, group: Group) -> tuple[str, ...]:
        """What came of one meaning; nothing if nothing did."""
        return self.groups.get(group, ())


@dataclass(frozen=True, slots=True)
class Repeats:
    """``again`` counts texts beyond one a message, ``unmarked`` those nothing admits to."""

    again: int
    unmarked: tuple[str, ...]


def repeats(seen: Evidence, ledger: Ledger) -> Repeats:
    """Texts that came more often than there are messages behind them.

    A repeat is marked when its record says that it may be one, and an alert says so to its reader.
    """
    rows: dict[Group, list[Row]] = defaultdict(list)
    for row in seen.tables["messages"]:
        group = group_of(seen, row)
        if group is not None and went(row):
            rows[group].append(row)
    again, unmarked = 0, []
    known = set(seen.code_of.values())
    for group, came in Spoken.of(ledger).groups.items():
        if ledger.forgotten and group.named not in known:
            continue  # of an offer that was lost on purpose
        meant = texts_behind(rows[group])
        extra = max(0, len(came) - meant)
        again += extra
        marked = sum(row["maybe_sent"] for row in rows[group])
        if group.template == ALERT:
            marked = min(marked, came.count(REPEAT))
        said = f"{group} came {len(came)} times, {meant} were meant"
        unmarked += [said] * (extra - marked)
    return Repeats(again, tuple(unmarked))


def went(row: Row) -> bool:
    """Whether a message was, or may have been, handed to a provider."""
    return bool(row["status"] == "sent" or row["maybe_sent"] > 0)


def group_of(seen: Evidence, row: Row) -> Group | None:
    """What a message means to its reader; none when it could reach nobody."""
    to = row["phone"] if row["channel"] == "sms" else row["email"]
    if to is None:
        return None
    if row["template"].startswith(NOTICE):
        named = ""
    elif "code" in TEMPLATES.get(row["template"], ()):
        named = seen.code_of.get((row["offer_id"], row["staff_id"]), "") if row["offer_id"] else ""
    else:
        named = row["public_id"] or ""
    return Group(to, named, _kind(row["template"]))


def texts_behind(rows: Iterable[Row]) -> int:
    """How many texts these messages were: gathered notices went in one."""
    return len({gathered(row) for row in rows})


def gathered(row: Row) -> str:
    """What messages that went in one text have in common."""
    one = row["template"].startswith(NOTICE) and row["status"] == "sent" and row["provider_id"]
    return f"text {row['provider_id']}" if one else f"message {row['message_id']}"


def _named(template: str, text: str) -> str:
    if template.startswith(NOTICE):
        return ""
    if "code" in TEMPLATES[template]:
        return next(iter(codes_in(text)), "")
    found = _PUBLIC_ID.search(text)
    return found.group() if found else ""


@cache
def template_of(text: str) -> str | None:
    """The template of an SMS, or of an e-mail's subject; none when no template makes it."""
    for name, pattern in _patterns():
        if pattern.fullmatch(text):
            return name
    return None


def _kind(template: str) -> str:
    return ALERT if template.startswith("alert-") else _alike().get(template, template)


@cache
def _alike() -> dict[str, str]:
    """Templates that some language words alike, each with one name for them all."""
    names: dict[str, str] = {}
    by_words: dict[str, str] = {}
    for name, made in sorted(_patterns(), key=lambda each: each[0]):
        first = by_words.setdefault(made.pattern, name)
        names[name] = min(names.get(name, name), names.get(first, first))
    return names


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    country = load_jurisdiction(ROOT / "deploy/jurisdictions/kg")
    return tuple(
        (name, _pattern(words, text))
        for words in country.texts.languages.values()
        for texts in (words.sms, {name: each.subject for name, each in words.email.items()})
        for name, text in texts.items()
    )


def _pattern(words: Messages, text: str) -> re.Pattern[str]:
    shown = words.filled({})
    filled = re.sub(r"\{(yes|no|seen)\}", lambda found: shown[found.group(1)], text)
    parts = re.split(r"\{\w+\}", filled)
    return re.compile("(.+?)".join(re.escape(part) for part in parts))
