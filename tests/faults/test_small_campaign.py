"""Whatever dies, nothing is lost: the campaign in small, judged by its own oracle."""

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.variant import Variant
from tests.campaign.round import STATE, play
from tests.campaign.small import SMALL, WITHIN
from tests.stack import migrated

INCIDENTS = 24
"""Before the crashes begin; others are reported as long as anything fails."""


@pytest.mark.timeout(WITHIN + 100)
async def test_nothing_is_lost_whatever_fails(tmp_path: Path) -> None:
    """L = Z = G = D = 0, the chain holds, repeats are marked, no deadline is early or missed."""
    assert isinstance(SMALL.variant, Variant)
    variant = replace(SMALL.variant, done=await migrated.into(tmp_path / STATE))
    result = await play(replace(SMALL, variant=variant), 7, INCIDENTS, tmp_path)
    assert result.held, [*result.broken, result.error, *result.findings]
    assert result.made
    assert result.taken > INCIDENTS
