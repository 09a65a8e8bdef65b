"""Device: an officer's telephone is registered once, and opened by six digits."""
