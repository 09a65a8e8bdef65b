"""Duty rosters: the week of an organisation, swaps, the rosters themselves, one's own calendar."""
