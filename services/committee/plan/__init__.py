"""Plan of work: the kenesh's table for a year, and what is planned together with another body."""
