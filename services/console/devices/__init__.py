"""Devices: telephones of officers, each of one person, opened by a PIN."""
