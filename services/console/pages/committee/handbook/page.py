"""Routes of the handbook: read by whoever sits in a committee, kept by administrators."""

from base64 import b64encode
from collections.abc import Mapping
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
TOO_LARGE = later("This file is too large: at most %(most)s MB are taken")
KINDS = ("pdf", "odt", "docx")
LARGEST = 1
"""Megabytes of a file, as the committee service takes it."""
FILES: Mapping[str, int] = {AT: 3 * LARGEST * 1024 * 1024 // 2}
"""With room to say by its field that a file is too large; what is longer still is not even read."""
FIELDS = ("language", "title", "url", "position")


@router.get(AT)
async def handbook(desk: Reading) -> Response:
    """All of it, the reader's language first."""
    return await _page(desk, {"language": desk.language})


@router.post(AT)
async def add(desk: Editing) -> Response:
    """A link or a file; the form carries its id, so that twice is once."""
    typed: dict[str, Any] = {name: desk.form.text(name, 500) for name in FIELDS}
    position = typed["position"]
    if not (position.isascii() and position.isdecimal()):
        return await _page(desk, typed, {"position": say("Write it in digits")})
    content = desk.form.file("file")
    if len(content) > LARGEST * 1024 * 1024:
        return await _page(desk, typed, {"file": say(TOO_LARGE) % {"most": LARGEST}})
    file = b64encode(content).decode() if content else None
    try:
        body = typed | {"position": int(position), "url": typed["url"] or None, "file": file}
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
        largest=LARGEST,
        edits=desk.has(Role.ADMINISTRATOR),
        entry_id=new_id(),
        typed={"title": "", "url": "", "position": str(len(entries) + 1)} | typed,
        told=desk.told(SAID),
        wrong=wrong,
    )
