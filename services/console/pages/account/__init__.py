"""My account: one's own sessions, and recovery codes."""
