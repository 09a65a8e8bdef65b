"""Handlers of events and acts, one module for what belongs together: load, decide, save, emit."""
