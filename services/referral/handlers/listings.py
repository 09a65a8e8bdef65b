"""Listings: emits how the organisations of the directory differ from what was last said."""

from services.referral.deps import Deps
from services.referral.directory.listings import differences
from services.referral.store import listings
from shared.db import Tx
from shared.events.referral import OrganisationChanged

MOST = 500
"""Organisations said in one transaction; the next look goes on with the rest."""


async def emit_listings(deps: Deps, tx: Tx) -> bool:
    """Emits which organisations are new, changed or gone; returns whether there are more.

    Replicas take turns, and the file is read only once the turn is had: whoever comes later reads
    what is at least as new. While the file cannot be right nothing is emitted, because replicas may
    then differ in the last good directory that they have.
    """
    if not await listings.lock(tx) or not await deps.live.refresh():
        return False
    found = differences(deps.directory, await listings.known(tx))
    now, later = found[:MOST], found[MOST:]
    for listing in now:
        body = OrganisationChanged(
            organisation=listing.organisation,
            kind=listing.kind,
            territories=listing.territories,
            listed=listing.listed,
            desks=listing.desks or None,
        )
        tx.emit(body, subject=listing.organisation, version=listing.version)
    if now:
        await listings.keep(tx, now)
    return bool(later)
