"""Bodies of the handbook that the committee service takes over HTTP."""

from base64 import b64decode
from typing import Annotated, ClassVar

from pydantic import Field

from services.committee.handbook.model import LARGEST, NO_FILE, Entry, File, file_of
from shared.errors import Invalid
from shared.http.schemas import Strict

ENTRY = {
    "language": "ky",
    "title": "Жергиликтүү комитеттин колдонмосу",
    "position": 1,
    "url": "https://example.org/handbook",
}
WRITTEN = (LARGEST + 3) * 4 // 3 + 4
"""Signs of base64 of the largest file: what is longer is not even read."""


class EntryBody(Strict, json_schema_extra={"examples": [ENTRY]}):
    """A link, or a file: its octets in base64 (RFC 4648), and never what it was called."""

    VERBATIM: ClassVar[frozenset[str]] = frozenset({"file"})

    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    position: Annotated[int, Field(ge=1, le=10_000)]
    url: Annotated[str, Field(max_length=500)] | None = None
    file: Annotated[str, Field(max_length=WRITTEN)] | None = None

    def entry(self, entry_id: str) -> Entry:
        """As wanted, but for its file."""
        return Entry(
            entry_id=entry_id,
            language=self.language,
            title=self.title,
            position=self.position,
            url=self.url,
        )

    def sent(self) -> File | None:
        """Its file, if it has one; raises `Invalid` for none that is taken."""
        if self.file is None:
            return None
        try:
            return file_of(b64decode(self.file, validate=True))
        except ValueError:  # also of what is no ASCII
            raise Invalid("file", NO_FILE) from None
