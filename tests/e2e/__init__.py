"""The whole of Tirek, from a report to what became of it."""
