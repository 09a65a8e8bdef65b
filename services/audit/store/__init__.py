"""The tables of audit: whole statements."""
