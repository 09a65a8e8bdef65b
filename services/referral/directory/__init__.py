"""Directory of organisations and their services, in HSDS's words."""
