"""Consents as intake takes them: one for each kind of organisation that may serve a need. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any


def given(
    need: Mapping[str, Any], scope: Sequence[str], said: Mapping[str, str], until: datetime
) -> list[dict[str, Any]]:
    """What was allowed. ``need`` is intake's row of it; ``said`` is who said so (``given_by``,
    with their ``basis`` if they speak for another) and ``how``, each as typed."""
    who = said["given_by"] or "survivor"
    basis = {"basis": said["basis"]} if who == "representative" and said["basis"] else {}
    return [
        {
            "need": need["code"],
            "recipient_kind": kind,
            "purpose": "service",
            "scope": list(scope),
            "given_by": {"who": who} | basis,
            "how": said["how"] or "oral",
            "until": until.isoformat(),
        }
        for kind in need["kinds"]
    ]


def ends(now: datetime, forms: Mapping[str, Any]) -> datetime:
    """Until when a consent of now is asked for; ``forms`` is intake's."""
    return now + timedelta(days=forms["consent_days"])
