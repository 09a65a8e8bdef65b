"""Handbook of links and files. Pure, but for reading what kind of file some octets are.

A file is never shown, only handed out: what it is called by whoever sent it is not kept.
"""

import io
import re
import zipfile
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from shared.errors import Invalid

LARGEST = 1024 * 1024
"""Octets of a file: it is read over a telephone."""
MIMETYPE = 100
"""Octets of the entry of an OpenDocument that says what it is."""


class Kind(StrEnum):
    """The kinds of file that are taken, by the end of their names."""

    PDF = "pdf"
    ODT = "odt"
    DOCX = "docx"

    @property
    def media_type(self) -> str:
        """As HTTP names it (IANA)."""
        return MEDIA_TYPES[self]


MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
NO_FILE = "must be a PDF, ODT or DOCX file without macros"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the handbook, as it was sent."""

    kind: Kind
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A link, or a file of ``size`` octets and a kind. ``position``: where it stands in the list of
    its language, which is in order of positions."""

    entry_id: str
    language: str
    title: str
    position: int
    url: str | None = None
    kind: Kind | None = None
    size: int | None = None


def entered(entry: Entry, file: File | None, languages: tuple[str, ...]) -> Entry:
    """``entry`` with what its file is; `Invalid` for a language of nobody, and for a link that is
    none or stands beside a file."""
    if entry.language not in languages:
        raise Invalid("language", f"must be of {', '.join(languages)}")
    if (entry.url is None) is (file is None):
        raise Invalid("url", "must be given, or a file, and not both")
    if entry.url is not None and not _is_link(entry.url):
        raise Invalid("url", "must be a link that begins with https://")
    return entry if file is None else replace(entry, kind=file.kind, size=len(file.content))


def file_of(content: bytes, field: str = "file") -> File:
    """A file by what it holds, whatever it is called.

    Raises `Invalid` naming ``field`` for one that is too large, is of no kind that is taken, or
    holds macros.
    """
    if len(content) > LARGEST:
        raise Invalid(field, "must not be larger than 1 MB")
    kind = Kind.PDF if content.startswith(b"%PDF-") else _zipped(content)
    if kind is None:
        raise Invalid(field, NO_FILE)
    return File(kind=kind, content=content)


def _zipped(content: bytes) -> Kind | None:
    """What a packed document is. Nothing of it is unpacked but the short entry that says so."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            if any(re.search(r"vbaProject|(^|/)Basic/|(^|/)Scripts/", each) for each in names):
                return None
            if "word/document.xml" in names:
                return Kind.DOCX
            if "mimetype" in names and packed.getinfo("mimetype").file_size <= MIMETYPE:
                is_odt = packed.read("mimetype") == Kind.ODT.media_type.encode()
                return Kind.ODT if is_odt else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return None
    return None


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
