"""A campaign that was cut off goes on with whole rounds."""

from dataclasses import replace
from pathlib import Path

from tests.campaign.faults import FAULTS
from tests.campaign.runner import Campaign, run


async def test_a_round_that_was_cut_off_is_played_from_nothing(tmp_path: Path) -> None:
    """What reporters were told in it is not held against the next; a round that died is none."""
    unknown = replace(FAULTS["calm"], name="unknown-to-the-round")
    left = tmp_path / unknown.name / "ledger.jsonl"
    left.parent.mkdir()
    left.write_text("half a ledger")
    results = await run(Campaign("abc", 1, 10, (unknown,), tmp_path))
    assert not left.exists()
    assert not results[unknown.name].held
    assert not (left.parent / "result.json").exists()
