"""Actions: what a decision asks of a body by a day, and what became of it."""
