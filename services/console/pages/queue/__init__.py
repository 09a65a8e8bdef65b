"""Queue: what waits for an organisation, and what it holds."""
