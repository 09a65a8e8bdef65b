"""Fictional data for the demo and the smoke test."""
