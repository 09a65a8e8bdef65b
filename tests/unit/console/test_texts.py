"""Every text of a page is said in every language of the country."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file

from services.console.frame.texts import CONSOLE, files, read, whole

KEYWORDS = DEFAULT_KEYWORDS | {"say": None, "later": None, "say_many": (1, 2)}
LANGUAGES = ("ky", "ru")
FOLDERS = sorted({path.parent for path in CONSOLE.rglob("*.html")} | {CONSOLE / "frame"})
HOMES = [folder for folder in FOLDERS if folder.name != "templates"]


def texts_of(folder: Path) -> Iterator[str]:
    """The English texts of a folder's code and templates."""
    for path in sorted(folder.rglob("*")):
        method = {".py": "python", ".html": "jinja2.ext:babel_extract"}.get(path.suffix)
        if method is not None:
            for _, message, _, _ in extract_from_file(method, path, keywords=KEYWORDS):
                yield message if isinstance(message, str) else message[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", HOMES, ids=lambda folder: folder.name)
def test_a_page_is_said_in_every_language(folder: Path, language: str) -> None:
    """Each text stands in the catalogue beside its page, translated, and nothing else does."""
    catalog = read(folder / f"{language}.po", language)
    said = {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        for message in catalog
        if message.id
    }
    elsewhere = {
        message.id if isinstance(message.id, str) else message.id[0]
        for path in files(language)
        if path.parent != folder
        for message in read(path, language)
        if message.id and message.string
    }
    used = set(texts_of(folder))
    missing = {text for text in used if not said.get(text) and text not in elsewhere}
    assert not missing, "\n".join(f'msgid "{text}"\nmsgstr ""\n' for text in sorted(missing))
    assert not said.keys() - used, f"{folder.name}: said, and nowhere on the page"


def held(text: str | Sequence[str]) -> set[str]:
    """What is filled into a text."""
    one = text if isinstance(text, str) else " ".join(text)
    return set(re.findall(r"%\([a-z]+\)s", one))


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_catalogues_of_a_language_agree(language: str) -> None:
    """One text is said in one way, and keeps what is filled in."""
    assert whole(language)
    for path in files(language):
        for message in read(path, language):
            if message.id and message.string:
                assert held(message.id) == held(message.string), f"{path}: {message.id}"
