"""Answers that people give by SMS: read, tied to a person and an offer, passed on as an act."""
