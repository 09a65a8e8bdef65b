"""Plan of work: the kenesh's own table for a year, and what others plan with one's organisation."""
