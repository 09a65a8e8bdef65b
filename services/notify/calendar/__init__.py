"""Calendars: one secret address a person, at which their own watches stand for their telephone."""
