"""Figures: how long anybody waited, told honestly. Pure: facts in, figures out."""
