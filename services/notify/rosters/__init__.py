"""Rosters: by organisation and tier, people in order and when their watches begin."""
