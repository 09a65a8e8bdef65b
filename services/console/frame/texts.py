"""Texts of pages: gettext catalogues beside what they belong to, ``ky.po`` and ``ru.po`` a folder.

English sentences of the code and the templates are the keys, and need no file. What a language
lacks is said in English; a test names it (`tests/unit/console/test_texts.py`).
"""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from shared.jurisdiction.wording import SOURCE

CONSOLE = Path(__file__).parent.parent
_speaking: ContextVar[NullTranslations] = ContextVar("speaking")


def files(language: str) -> list[Path]:
    """Every catalogue of a language, of the frame and of each page."""
    return sorted(CONSOLE.glob(f"**/{language}.po"))


def read(path: Path, language: str) -> Catalog:
    """One catalogue; raises `ValueError` where it cannot be read."""
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def whole(language: str) -> NullTranslations:
    """All texts of a language as one. Raises `ValueError` for one text said in two ways."""
    if language == SOURCE:
        return NullTranslations()
    catalog = Catalog(locale=language)
    for path in files(language):
        for message in read(path, language):
            if not message.id or not message.string:
                continue
            known = catalog.get(message.id, context=message.context)
            if known is not None and known.string != message.string:
                raise ValueError(f"{path}: {message.id!r} is said otherwise elsewhere")
            catalog.add(message.id, message.string, context=message.context)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


class Texts:
    """All texts, by language."""

    def __init__(self, languages: Iterable[str]) -> None:
        self._by_language: Mapping[str, NullTranslations] = {
            language: whole(language) for language in languages
        }

    def speak(self, language: str) -> None:
        """From here on this request is answered in ``language``."""
        _speaking.set(self._by_language[language])


def say(english: str) -> str:
    """A text in the language of the request; outside of one as it is."""
    speaking = _speaking.get(None)
    return speaking.gettext(english) if speaking else english


def say_many(one: str, many: str, count: int) -> str:
    """A text that depends on a number; ``%(num)s`` in it is the number."""
    speaking = _speaking.get(None)
    chosen = speaking.ngettext(one, many, count) if speaking else (one if count == 1 else many)
    return chosen % {"num": count}


def later(english: str) -> str:
    """Marks a text that is said later, where it is shown."""
    return english
