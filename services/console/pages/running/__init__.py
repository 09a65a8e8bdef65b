"""Running: which parts of the system answer, and where the rest is seen."""
