"""Handlers of the events that lead to messages, a module each."""
