"""Contacts: that somebody reads what goes to their number or address, shown by a code."""
