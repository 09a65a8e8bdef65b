"""How fast it is, held against a floor: ``make bench``. Speeds are measured here, never tested."""
