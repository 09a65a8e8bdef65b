"""What a campaign says at its end, and what it does not play twice."""

from dataclasses import replace
from pathlib import Path

from tests.campaign.faults import FAULTS
from tests.campaign.report import write
from tests.campaign.result import Result, broken
from tests.campaign.runner import Campaign, campaign
from tests.campaign.scene import Must

ZERO = dict.fromkeys(("L", "Z", "G", "D", "chain"), 0)
FINE = Result(
    "calm", 7, 300, taken=300, counts=ZERO, texts=900, late={"steps": 40, "p99": 0.2}, normal=0.1
)
LOST = replace(
    FINE,
    fault="kill-notify.work",
    made=5,
    counts=ZERO | {"L": 1},
    broken=("L is 1",),
    findings=({"letter": "L", "sentence": "An incident is gone.", "count": 1, "ids": ["i-1"]},),
)


def _campaign(folder: Path, *names: str) -> Campaign:
    faults = tuple(FAULTS[name] for name in names)
    return Campaign("abc1234567", 7, 10_000, faults, folder)


def _told(folder: Path, *results: Result) -> str:
    plan = _campaign(folder, "calm", "kill-notify.work")
    path = write(plan, {each.fault: each for each in results}, folder / "report.md")
    return path.read_text(encoding="utf-8")


def test_a_clean_campaign_says_how_sure_it_is(tmp_path: Path) -> None:
    """Zero of so many, with the bound that zero leaves open; what was not played is said."""
    told = _told(tmp_path, FINE)
    assert "0 of 300 (95 % bound 3/300 = 1.00%)" in told
    assert "Everything held." in told
    assert "kill-notify.work: not played" in told


def test_a_loss_is_not_hidden(tmp_path: Path) -> None:
    """It stands in the table, in the totals, and with an id for whoever will look."""
    told = _told(tmp_path, FINE, LOST)
    assert "1 rounds did not hold" in told
    assert "**1 of 600**" in told
    assert "An incident is gone. (1; i-1)" in told


def test_the_simulation_has_a_table_of_its_own(tmp_path: Path) -> None:
    """It has no incidents: how many seeds, what broke, which planted bugs nobody noticed."""
    measured = {"seeds": 10_000, "laws broken": 0, "caught": "99 (98%)", "not caught": "odd-bug"}
    told = _told(tmp_path, FINE, Result("simulation", 7, 1, measured=measured))
    assert "| seeds | laws broken | caught | not caught |" in told
    assert "| 10000 | 0 | 99 (98%) | odd-bug |" in told
    assert "0 of 300 (95 % bound 3/300 = 1.00%)" in told


def test_a_round_that_was_played_is_not_played_again(tmp_path: Path) -> None:
    """Its result stands in the folder of the commit and the seed."""
    plan = _campaign(tmp_path, "calm", "kill-notify.work")
    assert plan.done() == {}
    (tmp_path / "calm").mkdir()
    FINE.write(tmp_path / "calm" / "result.json")
    assert plan.done().keys() == {"calm"}


def test_all_rounds_together_reach_the_incidents_asked_for(tmp_path: Path) -> None:
    """Each reports its share, and shares are rounded up."""
    plan = Campaign("abc", 1, 10_000, tuple(FAULTS.values()), tmp_path)
    assert sum(plan.share(fault) for fault in plan.faults) >= 10_000


def test_a_round_that_is_chosen_is_the_round_of_the_whole_campaign(tmp_path: Path) -> None:
    """As many incidents, and so the same people who report and answer."""
    whole = Campaign("abc", 1, 10_000, tuple(FAULTS.values()), tmp_path)
    assert _campaign(tmp_path, "calm").share(FAULTS["calm"]) == whole.share(FAULTS["calm"])


def test_another_number_of_incidents_is_another_campaign() -> None:
    """What was played with few incidents does not stand for many."""
    few, many = (campaign(1, incidents, ("calm",)) for incidents in (500, 10_500))
    assert few.folder != many.folder


def test_what_was_not_chosen_was_not_tested(tmp_path: Path) -> None:
    """A report of two rounds names all others, and how to play just those two again."""
    told = _told(tmp_path, FINE)
    assert "- broker-killed: not played" in told
    again = "make campaign SEED=7 INCIDENTS=10000 ONLY=calm,kill-notify.work"
    assert f"Play it again: `{again}`" in told


def test_a_figure_stands_beside_its_limit(tmp_path: Path) -> None:
    """Also the limit of what a turned clock made due all at once."""
    told = _told(tmp_path, FINE, replace(LOST, late_after_jump={"steps": 3, "p99": 4.5}))
    assert "| 0.20 (2) | – (2) |" in told
    assert "| 0.20 (10) | 4.50 (2) |" in told


def test_rounds_that_shared_the_machine_are_said_to(tmp_path: Path) -> None:
    """Their seconds are not those of a round alone."""
    assert "- one round after another" in _told(tmp_path, FINE)
    assert "- up to 2 rounds at once, in 1 of 2" in _told(tmp_path, FINE, replace(LOST, at_once=2))


def test_limits_are_those_of_the_fault() -> None:
    """Repeats are allowed for each making, marked; lateness and T up to the limit."""
    figures = {
        "counts": ZERO, "unmarked": 0, "repeats": 9, "made": 3, "early": 0, "missed": 0,
        "parked": 0, "given_up": 0, "late": {"p99": 9.0}, "late_after_jump": {"p99": 1.5},
        "normal": 30.0, "refused": {"503": 4}, "gathered": {"incidents": 9, "alerts": 9},
    }  # fmt: skip
    assert broken(Must(repeats=3), figures, foreign=0) == []
    assert len(broken(Must(repeats=2, late=2.0, normal=10.0), figures, foreign=0)) == 3
    assert broken(Must(repeats=3), figures | {"refused": {"500": 1}}, foreign=0)
    assert len(broken(Must(repeats=3, late_after_jump=1.0), figures, foreign=0)) == 1
    for kind in ("late", "late_after_jump"):
        assert len(broken(Must(repeats=3), figures | {kind: {}}, foreign=0)) == 1
    assert broken(Must(repeats=3), figures | {"gathered": {"alerts": 0}}, foreign=0)
