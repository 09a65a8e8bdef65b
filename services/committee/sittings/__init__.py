"""Sittings: the agenda, who was there, who left for what, and what was decided."""
