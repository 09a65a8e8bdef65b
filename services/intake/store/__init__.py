"""Intake's tables: whole statements beside the functions that bind them; rows become values."""
