"""Invitation: from a one-time link to an account of one's own."""
