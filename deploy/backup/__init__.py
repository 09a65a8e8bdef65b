"""Backups that only somebody offline can read, and their way back."""
