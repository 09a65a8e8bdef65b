"""Routes of the handbook: administrators keep it, and whoever sits in a committee reads it.

They parse, hand on and return. No rule and no SQL stands here.
"""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.committee.bodies_appeals import OwnId
from services.committee.bodies_handbook import EntryBody
from services.committee.callers import AdministratorTx, DepsOf, HandbookTx
from services.committee.handbook import handlers, store
from services.committee.handbook.model import Entry, Kind
from shared.http.schemas import PathId
from shared.http.web import Viewing

router = APIRouter()
Language = Annotated[
    str, Query(pattern="^[a-z]{2,3}$", description="Of this one alone; left out: of all.")
]
FILES: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}


class EntryView(BaseModel):
    """A link, or a file of ``size`` octets, which is at ``/handbook/{entry_id}/file``."""

    entry_id: str
    language: str
    title: str
    position: int
    url: str | None
    kind: Kind | None
    size: int | None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Without what the file holds."""
        return cls(
            entry_id=entry.entry_id,
            language=entry.language,
            title=entry.title,
            position=entry.position,
            url=entry.url,
            kind=entry.kind,
            size=entry.size,
        )


class HandbookView(BaseModel):
    """All entries, in their order."""

    entries: list[EntryView]


@router.get("/handbook")
async def list_handbook(tx: HandbookTx, language: Language | None = None) -> HandbookView:
    """The handbook, for secretaries, members, coordinators and administrators."""
    return HandbookView(entries=[EntryView.of(each) for each in await store.listed(tx, language)])


@router.put("/handbook/{entry_id}")
async def put_entry(
    entry_id: OwnId, tx: AdministratorTx, deps: DepsOf, viewer: Viewing, body: EntryBody
) -> EntryView:
    """Enters a link or a file under an id of the caller's, or all of it anew."""
    return EntryView.of(await handlers.put(tx, deps, viewer, body.entry(entry_id), body.sent()))


@router.delete("/handbook/{entry_id}", status_code=204)
async def remove_entry(entry_id: PathId, tx: AdministratorTx) -> None:
    """Takes an entry out."""
    await store.remove(tx, entry_id)


@router.get("/handbook/{entry_id}/file", response_class=Response, responses=FILES)
async def download_file(entry_id: PathId, tx: HandbookTx) -> Response:
    """A file, to be saved and never shown here. Its name tells nothing."""
    found = await store.read(tx, entry_id)
    named = f'attachment; filename="tirek-handbook.{found.kind}"'
    return Response(
        found.content, media_type=found.kind.media_type, headers={"Content-Disposition": named}
    )
