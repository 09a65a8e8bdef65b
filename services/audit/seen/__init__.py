"""Who looked at what, as the console says it: kept for good, and shown to those who oversee."""
