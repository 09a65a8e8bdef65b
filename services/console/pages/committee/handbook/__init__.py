"""Handbook: links and files for whoever sits in committees, by language."""
