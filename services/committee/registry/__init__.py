"""Committees and their members: who was approved, for how long, and whom they speak for."""
