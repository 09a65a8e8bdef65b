"""Codes that tie an answer to one person and one offer: made, read, kept."""
