"""Case: one offer of an organisation, from the queue to its end."""
