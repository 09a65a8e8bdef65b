"""Delivery: whom an offer alerts, under which code, what was sent, and what became of it."""
