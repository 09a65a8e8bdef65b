"""Backups: two sealed files that only an offline key opens, and the way back from them."""
