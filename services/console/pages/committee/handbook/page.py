"""Routes of the handbook: read by whoever sits in a committee, links kept by administrators.

Files come with ``tirek committee handbook file``: a page takes forms alone.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later, say
from services.console.pages.committee.house import SERVICE, Wrong, new_id, show, wrong_of
from services.console.peers.client import PeerRefused
from shared.errors import NotFound
from shared.events.words import Role
from shared.http.schemas import PathId

router = APIRouter()
AT = "/committee/handbook"
Reading = Annotated[
    Desk,
    Depends(somebody(Role.SECRETARY, Role.MEMBER, Role.COORDINATOR, Role.ADMINISTRATOR)),
]
Editing = Annotated[Desk, Depends(somebody(Role.ADMINISTRATOR))]
SAID = {"added": later("Entered."), "removed": later("Taken out of the handbook.")}
KINDS = ("pdf", "odt", "docx")
FIELDS = ("language", "title", "url", "position")


@router.get(AT)
async def handbook(desk: Reading) -> Response:
    """All of it, the reader's language first."""
    return await _page(desk, {"language": desk.language})


@router.post(AT)
async def add(desk: Editing) -> Response:
    """A link; the form carries its id, so that twice is once."""
    typed: dict[str, Any] = {name: desk.form.text(name, 500) for name in FIELDS}
    position = typed["position"]
    if not (position.isascii() and position.isdecimal()):
        return await _page(desk, typed, {"position": say("Write it in digits")})
    try:
        body = typed | {"position": int(position)}
        await desk.put(SERVICE, f"/handbook/{desk.form.text('id', 64)}", body)
    except PeerRefused as refused:
        return await _page(desk, typed, wrong_of(refused))
    return desk.to(AT, "added")


@router.get(AT + "/{entry_id}/file")
async def file(desk: Reading, entry_id: PathId) -> Response:
    """A file, to be saved and never shown here."""
    entries = (await desk.get(SERVICE, "/handbook"))["entries"]
    kind = next((each["kind"] for each in entries if each["entry_id"] == entry_id), None)
    if kind not in KINDS:
        raise NotFound
    content: bytes = await desk.get(SERVICE, f"/handbook/{entry_id}/file")
    named = f'attachment; filename="handbook.{kind}"'
    return Response(
        content, media_type="application/octet-stream", headers={"Content-Disposition": named}
    )


@router.post(AT + "/{entry_id}/remove")
async def remove(desk: Editing, entry_id: PathId) -> Response:
    """It holds no more."""
    await desk.delete(SERVICE, f"/handbook/{entry_id}")
    return desk.to(AT, "removed")


async def _page(desk: Desk, typed: dict[str, Any], wrong: Wrong | None = None) -> Response:
    entries = (await desk.get(SERVICE, "/handbook"))["entries"]
    profile = desk.deps.jurisdiction.profile
    spoken = sorted(profile.languages, key=lambda each: each != desk.language)
    names = profile.language_names
    called = {each: names.get(each, {}).get(desk.language, each) for each in spoken}
    return show(
        desk,
        "handbook/handbook.html",
        books={each: [one for one in entries if one["language"] == each] for each in spoken},
        called=called,
        edits=desk.has(Role.ADMINISTRATOR),
        entry_id=new_id(),
        typed={"title": "", "url": "", "position": str(len(entries) + 1)} | typed,
        told=desk.told(SAID),
        wrong=wrong,
    )
