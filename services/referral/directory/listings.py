"""Listings: what was last said of each organisation, and how the directory differs from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.referral.directory.model import Directory


@dataclass(frozen=True, slots=True)
class Listing:
    """An organisation as others know it. ``version`` is 1 when it is first said, then one more.

    ``listed`` is false once the directory has it no more; all else stays as it was then.
    ``desks``: organisations whose operators answer for it.
    """

    organisation: str
    kind: str
    territories: tuple[str, ...]
    listed: bool = True
    version: int = 0
    desks: tuple[str, ...] = ()


def differences(directory: Directory, known: Mapping[str, Listing]) -> list[Listing]:
    """What is to be said, each in its next version, by id: the new, the changed and the gone.

    ``known`` holds what was last said, by organisation.
    """
    versions = {each.organisation: each.version for each in known.values()}
    present = [
        Listing(
            each.id,
            each.kind,
            each.territories,
            version=versions.get(each.id, 0),
            desks=each.desks,
        )
        for each in directory.organisations.values()
    ]
    gone = [
        replace(each, listed=False)
        for each in known.values()
        if each.organisation not in directory.organisations
    ]
    changed = [each for each in (*present, *gone) if known.get(each.organisation) != each]
    changed.sort(key=lambda each: each.organisation)
    return [replace(each, version=each.version + 1) for each in changed]
