"""Whatever dies, nothing is lost: the campaign in small, judged by its own oracle."""

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.variant import Variant
from tests.campaign.round import STATE, play
from tests.campaign.scene import Fault
from tests.campaign.small import SMALL
from tests.stack import migrated

INCIDENTS = 60


@pytest.mark.timeout(500)
@pytest.mark.parametrize("fault", SMALL, ids=lambda fault: str(fault.name))
async def test_nothing_is_lost_whatever_fails(fault: Fault, tmp_path: Path) -> None:
    """L = Z = G = D = 0, the chain holds, repeats are marked, no deadline is early or missed."""
    assert isinstance(fault.variant, Variant)
    variant = replace(fault.variant, done=await migrated.into(tmp_path / STATE))
    result = await play(replace(fault, variant=variant), 7, INCIDENTS, tmp_path)
    assert result.held, [*result.broken, result.error, *result.findings]
    assert result.made
    assert result.taken == INCIDENTS
