"""Sign-in, lock, and what somebody may know of their own sessions."""
