"""Places by their official code. A prefix of a code is an ancestor of its place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, model_validator

from shared.errors import Invalid
from shared.jurisdiction.config_files import BadFile, FromFile, Row, read_csv

REMEMBERED = 10_000
"""Codes whose raion is kept at hand, and more than a country has places."""
Names = Mapping[str, str]
"""A text by language."""


class Level(FromFile):
    """One depth of the code: its places have ``digits`` leading digits, the rest zeros.

    ``called``: the words of names that say the level alone, in any language: nobody types them.
    ``unlisted`` is a pattern for this level's own part of a code: a part that matches is accepted
    although no list names it, and the place counts as unverified. Absent: it must be listed.
    """

    name: str
    digits: int = Field(gt=0)
    unlisted: str | None = None
    called: tuple[str, ...] = ()


class TerritoryRules(FromFile):
    """How codes are built. ``country`` is the prefix of all; the last level is the full length."""

    country: str
    neutral_level: str
    levels: tuple[Level, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "TerritoryRules":
        depths = [len(self.country), *(level.digits for level in self.levels)]
        if depths != sorted(set(depths)):
            raise ValueError("levels must be listed from the coarsest, each with more digits")
        if self.neutral_level not in {level.name for level in self.levels}:
            raise ValueError(f"neutral_level {self.neutral_level} is none of the levels")
        return self

    @property
    def digits(self) -> int:
        """Length of a full code."""
        return self.levels[-1].digits

    @property
    def depths(self) -> tuple[int, ...]:
        """Digits of the country, and of each level down to the finest that may be shown."""
        within = (level.digits for level in self.levels if level.digits <= self.neutral_digits)
        return (len(self.country), *within)

    @property
    def neutral_digits(self) -> int:
        """Length of the prefix of the finest place that may be shown before acceptance."""
        return next(level.digits for level in self.levels if level.name == self.neutral_level)


@dataclass(frozen=True, slots=True)
class Place:
    """A place. ``verified`` is false for one whose code is well formed but stands in no list."""

    code: str
    prefix: str
    level: str
    names: Names
    verified: bool

    def name(self, language: str) -> str:
        """Its name in ``language``, else in any it has, else its code."""
        return self.names.get(language) or next(iter(self.names.values()), self.code)


@dataclass(frozen=True, slots=True)
class Territories:
    """Every listed place by its full code, and the rules for the others."""

    rules: TerritoryRules
    listed: Mapping[str, Place]
    _raions: dict[str, Place] = field(default_factory=dict, compare=False, repr=False)
    """What was asked before: it is asked with every alert."""

    def place(self, code: str, field: str = "territory") -> Place:
        """The place of a full code; raises `Invalid` naming ``field`` for a code that is none."""
        if not re.fullmatch(rf"[0-9]{{{self.rules.digits}}}", code, re.ASCII):
            raise Invalid(field, f"must be a territory code of {self.rules.digits} digits")
        known = self.listed.get(code)
        if known is not None:
            return known
        prefix, finest = self._walk(code, field)
        return Place(code, prefix, finest.name, {}, verified=False)

    def area(self, value: str, field: str = "territory") -> str:
        """A full code or a prefix, as the prefix that covers the place and all within it.

        The prefix must end where a level ends; the country's own prefix is the whole country.
        """
        if value == self.rules.country:
            return value
        if len(value) in {level.digits for level in self.rules.levels}:
            return self.place(value.ljust(self.rules.digits, "0"), field).prefix
        raise Invalid(field, "must be a territory code or the whole beginning of one")

    def name_of(self, area: str, language: str) -> str | None:
        """The name of a place by its code or the beginning of it; none for the whole country."""
        if area == self.rules.country:
            return None
        return self.place(area.ljust(self.rules.digits, "0")).name(language)

    def below(self, code: str | None) -> tuple[Place, ...]:
        """The listed places right below a place, in the order of the list; below none, the
        uppermost. Raises `Invalid` for a code that is none."""
        above = "" if code is None else self.place(code, "under").code
        return tuple(each for each in self.listed.values() if self._parent(each) == above)

    def _parent(self, place: Place) -> str:
        line = self.ancestors(place.code)
        return line[-1].code if line else ""

    def ancestors(self, code: str) -> tuple[Place, ...]:
        """The listed places above a place, the coarsest first, itself left out."""
        prefix = self.place(code).prefix
        above = (
            prefix[: level.digits] for level in self.rules.levels if level.digits < len(prefix)
        )
        full = (part.ljust(self.rules.digits, "0") for part in above)
        return tuple(self.listed[code] for code in dict.fromkeys(full) if code in self.listed)

    def raion_of(self, code: str) -> Place:
        """The finest listed place that may be shown before acceptance: never finer than a raion."""
        known = self._raions.get(code)
        if known is None:
            known = self._raion_of(code)
            if len(self._raions) < REMEMBERED:
                self._raions[code] = known
        return known

    def _raion_of(self, code: str) -> Place:
        place = self.place(code)
        line = (*self.ancestors(code), place)
        return next(
            each
            for each in reversed(line)
            if each.verified and len(each.prefix) <= self.rules.neutral_digits
        )

    def _walk(self, code: str, field: str) -> tuple[str, Level]:
        unknown = Invalid(field, "is no territory that is known here")
        if not code.startswith(self.rules.country):
            raise unknown
        prefix, finest, start = "", None, len(self.rules.country)
        for level in self.rules.levels:
            part, start = code[start : level.digits], level.digits
            if not part.strip("0"):
                continue
            prefix, finest = code[: level.digits], level
            listed = prefix.ljust(self.rules.digits, "0") in self.listed
            if not listed and not (level.unlisted and re.fullmatch(level.unlisted, part)):
                raise unknown
        if finest is None:
            raise unknown
        return prefix, finest


def read_territories(folder: Path, rules: TerritoryRules) -> Territories:
    """``territories.csv`` (soate, level, parent, name_<language>…), the official list.

    ``territory_names.csv`` (soate, name_<language>…) may add names in further languages.
    """
    path = folder / "territories.csv"
    rows = _rows(path, ("soate", "level", "parent"))
    further = folder / "territory_names.csv"
    more = _rows(further, ("soate",)) if further.exists() else {}
    names = {code: row.values for code, row in more.items()}
    places = {code: _place(path, rules, row, names.get(code, {})) for code, row in rows.items()}
    for code, row in more.items():
        if code not in rows:
            raise BadFile(further, f"soate: {code} is not in {path.name} (line {row.line})")
    return Territories(rules, places)


def _rows(path: Path, columns: tuple[str, ...]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in read_csv(path, columns):
        code = row.values["soate"]
        if code in rows:
            raise BadFile(path, f"soate: {code} stands twice (line {row.line})")
        rows[code] = row
    return rows


def _place(path: Path, rules: TerritoryRules, row: Row, more: Mapping[str, str]) -> Place:
    code, parent = row.values["soate"], row.values["parent"]
    levels = [level.digits for level in rules.levels if not code[level.digits :].strip("0")]
    if (
        not re.fullmatch(rf"[0-9]{{{rules.digits}}}", code, re.ASCII)
        or not levels
        or (not code.startswith(rules.country))
    ):
        raise BadFile(path, f"soate: {code} is no code of {rules.digits} digits (line {row.line})")
    if parent and not code.startswith(parent.rstrip("0")):
        raise BadFile(path, f"parent: {parent} is no ancestor of {code} (line {row.line})")
    named = {**row.values, **more}
    names = {key.removeprefix("name_"): name for key, name in named.items() if key[:5] == "name_"}
    return Place(code, code[: levels[0]], row.values["level"], names, verified=True)
