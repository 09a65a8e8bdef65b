"""Listings: what the directory says otherwise than was last said of an organisation is emitted."""

from services.referral.deps import Deps
from services.referral.directory.listings import differences
from services.referral.store import listings
from shared.db import Tx
from shared.events.referral import OrganisationChanged

MOST = 500
"""Organisations said in one transaction; the next look goes on with the rest."""


async def say_listings(deps: Deps, tx: Tx) -> bool:
    """Says which organisations are new, changed or gone; returns whether there is more to say.

    Replicas take turns, and the file is read only once the turn is had: whoever comes later reads
    what is at least as new. While the file cannot be read nothing is said, because replicas may
    then differ in the last good directory that they have.
    """
    if not await listings.lock(tx) or not await deps.live.refresh():
        return False
    found = differences(deps.directory, await listings.said(tx))
    now, later = found[:MOST], found[MOST:]
    for listing in now:
        body = OrganisationChanged(
            organisation=listing.organisation,
            kind=listing.kind,
            territories=listing.territories,
            listed=listing.listed,
        )
        tx.emit(body, subject=listing.organisation, version=listing.version)
    if now:
        await listings.keep(tx, now)
    return bool(later)
