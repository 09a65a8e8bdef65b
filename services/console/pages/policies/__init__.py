"""Policies: how long anybody is waited for, as it runs now, in plain words."""
