"""Figures: the report of a committee, a raion, an oblast or the country."""
