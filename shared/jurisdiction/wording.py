"""Wording: what callers and users of the ``tirek`` command are told, in the country's languages.

English sentences of the code are the keys, with ``{}`` for what is filled in. One that a language
lacks is said in English.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import model_validator

from shared.jurisdiction.config_files import BadFile, FromFile, read_yaml

SOURCE = "en"
"""The language of the code: its sentences need no file."""
HOLE = "{}"
LONGEST = 2000
"""Characters of a sentence that is looked up by its pattern."""


class WordingFile(FromFile):
    """``wording/<language>.yaml``. ``proof_read``: by somebody who has it as a mother tongue."""

    language: str
    proof_read: bool
    said: dict[str, str]

    @model_validator(mode="after")
    def _whole(self) -> "WordingFile":
        for english, said in self.said.items():
            if english.count(HOLE) != said.count(HOLE) or not said:
                raise ValueError(f"said: {english!r} must keep its {english.count(HOLE)} {HOLE}")
        return self


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences by language; the first of ``languages`` is the country's own."""

    languages: Sequence[str]
    said: Mapping[str, Mapping[str, str]]
    patterns: Mapping[str, Sequence[tuple[re.Pattern[str], str]]]

    def say(self, english: str, language: str) -> str:
        """A sentence of the code in ``language``, else as it is; so is what it is filled with."""
        known = self.said.get(language, {}).get(english)
        if known is not None and HOLE not in english:
            return known
        if len(english) <= LONGEST:
            for pattern, said in self.patterns.get(language, ()):
                if found := pattern.fullmatch(english):
                    return said.format(*(self.say(each, language) for each in found.groups()))
        return english


def read_wording(folder: Path, languages: Sequence[str]) -> Wording:
    """``<language>.yaml`` of each language that has one; raises `BadFile`."""
    said = {}
    for language in languages:
        path = folder / f"{language}.yaml"
        if language == SOURCE or not path.exists():
            continue
        file = read_yaml(path, WordingFile)
        if file.language != language:
            raise BadFile(path, f"language: must be {language}")
        said[language] = file.said
    return Wording(languages, said, {name: _patterns(each) for name, each in said.items()})


def _patterns(said: Mapping[str, str]) -> list[tuple[re.Pattern[str], str]]:
    """Those with something to fill in, the longest first: it is the most particular."""
    filled = sorted((english for english in said if HOLE in english), key=len, reverse=True)
    return [
        (re.compile("(.+?)".join(map(re.escape, english.split(HOLE))), re.DOTALL), said[english])
        for english in filled
    ]
