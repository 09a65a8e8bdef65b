"""How long anybody is waited for in a round: seconds for some needs, so that lateness shows."""

from pathlib import Path

JUMP_MINUTES = 61
"""By so much the clock is turned at the end: every long T_ack is then over."""
POLICIES = """\
# made for a round of the campaign
version: campaign
valid_from: 2026-11-01
working_hours: false
hold_at_most: PT5M
timers:
  default:
    immediate: {ack: PT1H, decide: PT2H, contact: PT12H}
    high: {ack: PT1H, decide: PT2H, contact: PT12H}
    standard: {ack: PT1H, decide: PT2H, contact: PT12H}
  crisis-counselling:
    immediate: {ack: PT6S, decide: PT8S, contact: PT12H}
    high: {ack: PT6S, decide: PT8S, contact: PT12H}
    standard: {ack: PT10S, decide: PT10S, contact: PT12H}
  police-protection:
    immediate: {ack: PT6S, decide: PT8S, contact: PT12H}
    high: {ack: PT6S, decide: PT8S, contact: PT12H}
    standard: {ack: PT10S, decide: PT10S, contact: PT12H}
  shelter:   # nobody notes a first contact, so that places are given back
    immediate: {ack: PT15S, decide: PT15S, contact: PT8S}
    high: {ack: PT15S, decide: PT15S, contact: PT8S}
    standard: {ack: PT15S, decide: PT15S, contact: PT8S}
ladder:
  immediate: {tiers: 3, max_offers: 10, coordinator_after: 1}
  high: {tiers: 2, max_offers: 8, coordinator_after: 2}
  standard: {tiers: 2, max_offers: 6, coordinator_after: 3}
"""


def write(folder: Path) -> Path:
    """The file, for ``TIREK_POLICIES``."""
    path = folder / "policies.yaml"
    path.write_text(POLICIES, encoding="utf-8")
    return path
