"""Every refusal of the code, and every word of its lists, is said in the country's languages."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack import ROOT
from services.audit import tables_figures, tables_monthly, words_figures, words_receipts
from services.audit.figures import definitions
from services.audit.seen.table import ROW as SEEN_ROW
from services.committee import views_coverage
from services.committee.report.model.figures import FIGURES
from services.committee.report.model.period import Clock
from services.committee.tables import ACTIVITIES, AID
from services.committee.views_report import FORM, HEAD, SIGNS
from services.committee.vocabularies import LISTS as COMMITTEE
from services.intake.disclosed import PersonalData
from services.intake.handlers.side_fields import CUT, NO_CONTACT, TAKEN_AS, WITHOUT
from services.notify.calendar import handlers as calendar
from services.referral.cli import UNSAID, WAITS_FOR
from services.referral.handlers.answers import REFUSALS
from services.referral.offer_views import OfferView
from services.referral.vocabularies import LISTS
from shared import complaints
from shared.http.web import STATUS
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.wording import SOURCE

SAID = {
    # what is called → which of its arguments a caller reads
    "Invalid": 1,
    "Forbidden": 0,
    "Conflict": 0,
    "Gone": 0,
    "TooMany": 0,
    "Unauthenticated": 0,
    "HTTPException": 1,
    "problem": 1,
    "_at": 0,
    "say": 0,
    "self.side.leave_out": 1,
}
REFUSED = {"Refused", "Invalid", "Conflict", "Forbidden", "RolledBack", "Unavailable"}
"""Kinds of refusals: what their subclasses say, a caller reads."""
VERIFIED = {"Unproven", "Unreadable"}
"""What `tirek ledger verify` finds."""
IN_VALIDATORS = ("shared/http/schemas.py", "shared/jurisdiction/recurrence.py", "shared/times.py")
"""Whose `ValueError` a caller reads."""
FRAMEWORK = {"Not Found", "Method Not Allowed"}


def modules() -> list[tuple[Path, ast.Module]]:
    """What answers callers, and the command."""
    paths = [*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]
    # pages have their texts beside them: tests/unit/console/test_texts.py
    pages = tuple(ROOT / "services" / "console" / name for name in ("frame", "pages"))
    paths = [
        each
        for each in paths
        if not each.is_relative_to(pages[0]) and not each.is_relative_to(pages[1])
    ]
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(paths)]


def constants(trees: list[tuple[Path, ast.Module]]) -> dict[str, str]:
    """Texts that a module gives a name, by that name."""
    return {
        node.targets[0].id: node.value.value
        for _, tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def sentences(node: ast.expr, named: dict[str, str]) -> Iterator[str]:
    """What an argument says: with ``{}`` for what is filled in; nothing for what others said."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values
        )
    elif isinstance(node, ast.Name) and node.id in named:
        yield named[node.id]


def of_classes(tree: ast.Module, named: dict[str, str]) -> Iterator[str]:
    """What refusals say that have their words in themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            kinds = {node.name, *map(ast.unparse, node.bases)}
            for call in ast.walk(node) if kinds & REFUSED else ():
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__":
                    yield from sentences(call.args[-1], named) if call.args else ()


def of_the_code() -> set[str]:
    """Every sentence that the code says to a caller, or prints through ``say``."""
    trees = modules()
    named = constants(trees)
    found: set[str] = set()
    for path, tree in trees:
        found.update(of_classes(tree, named))
        validators = path.relative_to(ROOT).as_posix() in IN_VALIDATORS
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            found_by_verify = name in VERIFIED and path.name == "verify.py"
            if found_by_verify or (validators and name == "ValueError"):
                found.update(sentences(node.args[0], named))
            elif name in SAID and len(node.args) > SAID[name]:
                found.update(sentences(node.args[SAID[name]], named))
    return found


def of_tables() -> set[str]:
    """Sentences and words that stand in tables."""
    return (
        {re.sub(r"\{\w+\}", "{}", text) for text in complaints.KINDS.values()}
        | set(complaints.PATTERNS.values())
        | {complaints.OTHER, complaints.EMPTY}
        | {title for _, title in STATUS.values()}
        | {WITHOUT, NO_CONTACT, CUT, TAKEN_AS}
        | set(REFUSALS.values())
        | {words for codes in (*LISTS.values(), *COMMITTEE.values()) for words in codes.values()}
        | set(WAITS_FOR.values())
        | FRAMEWORK
        | {calendar.TITLE}
        | {*words_receipts.WHAT.values(), *words_receipts.WORDS.values()}
        | labels()
        | of_reports()
        | of_figures()
    )


def of_reports() -> set[str]:
    """The head and the figures of a committee's report, and the signs in the place of numbers."""
    axes = {f"by {axis}" for figure in FIGURES for axis in figure.axes}
    heads = {
        *HEAD,
        *ACTIVITIES,
        *AID,
        *views_coverage.HEAD,
        *(each.label for each in FIGURES),
        *SIGNS.values(),
        *Clock,
        FORM,
    }
    return (heads | axes) - {"", "*"}


def of_figures() -> set[str]:
    """What the figures of response are called, and what they mean."""
    means: list[Mapping[Any, str]] = [
        definitions.CLOCKS,
        definitions.RESPONSES,
        definitions.COLUMNS,
    ]
    means += words_figures.LISTS.values()
    named = {words for each in means for words in each.values()} - {"*"}
    heads = {*tables_figures.ABOUT, *tables_figures.LINE, *tables_figures.ROW}
    heads |= {*tables_monthly.ABOUT, *tables_monthly.BEGUN, *tables_monthly.SILENT}
    heads |= {*tables_monthly.NOBODY, *tables_monthly.SECTIONS}
    heads |= {tables_monthly.TITLE, tables_monthly.NOT_ON_RECORD}
    heads |= {*SEEN_ROW}
    signs = {words_figures.NOT_KNOWN, words_figures.NOT_REACHED}
    return named | heads | signs | set(tables_figures.COPIES.values())


def labels() -> set[str]:
    """The names before what `tirek offer show` and `tirek incident read` print."""
    shown = set(OfferView.model_fields) - UNSAID - {"due"} | set(
        fields(PersonalData.model_json_schema())
    )
    return {name.replace("_", " ") for name in shown} | {"unknown", "for"}


def fields(schema: object) -> Iterator[str]:
    """The fields of a document's schema, and of those in it."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for each in schema.values():
            yield from fields(each)


@pytest.fixture(scope="module")
def every() -> set[str]:
    """All of them."""
    found = of_the_code() | of_tables()
    assert len(found) > 120
    return found - {"{}", "{}: {}"}


def test_every_sentence_is_said_in_every_language(kg: Jurisdiction, every: set[str]) -> None:
    """Whoever adds a refusal adds its words: ``deploy/jurisdictions/*/wording``."""
    for language in set(kg.wording.languages) - {SOURCE}:
        missing = sorted(every - set(kg.wording.said[language]))
        assert not missing, f"{language}: {len(missing)}\n" + "\n".join(missing)
