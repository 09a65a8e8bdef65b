"""Statements in SQL, whole, beside the functions that bind them."""
