"""Handlers of the handbook: an entry stands as it was last sent."""

from services.committee.deps import Deps
from services.committee.handbook import store
from services.committee.handbook.model import Entry, File, entered
from shared.db import Tx
from shared.security.visibility import Viewer


async def put(tx: Tx, deps: Deps, viewer: Viewer, wanted: Entry, file: File | None) -> Entry:
    """A new entry under an id of the caller's, or all of it anew; raises `Invalid` as `entered`."""
    entry = entered(wanted, file, deps.jurisdiction.profile.languages)
    await store.save(tx, entry, file, viewer.staff_id)
    return entry
