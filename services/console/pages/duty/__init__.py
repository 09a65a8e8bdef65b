"""Duty: a case in one hand, on the telephone of whoever goes there."""
