"""Periods, figures, and what is suppressed. Pure."""
