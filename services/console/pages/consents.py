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
    terms = {"how": said["how"] or "oral", "until": until.isoformat()}
    return _for_each_kind(need, scope, {"who": who} | basis, terms)


def grounds(
    need: Mapping[str, Any], scope: Sequence[str], ground: str, answers: str
) -> list[dict[str, Any]]:
    """What may be told without her yes. ``answers``: the staff id of who answers for it."""
    terms = {"how": "oral", "ground": ground, "named_person": answers}
    return _for_each_kind(need, scope, {"who": "officer"}, terms)


def _for_each_kind(
    need: Mapping[str, Any],
    scope: Sequence[str],
    given_by: Mapping[str, str],
    terms: Mapping[str, str],
) -> list[dict[str, Any]]:
    same = {"need": need["code"], "purpose": "service", "scope": list(scope)}
    return [
        {**same, "recipient_kind": kind, "given_by": given_by, **terms} for kind in need["kinds"]
    ]


def ends(now: datetime, forms: Mapping[str, Any]) -> datetime:
    """Until when a consent of now is asked for; ``forms`` is intake's."""
    return now + timedelta(days=forms["consent_days"])
