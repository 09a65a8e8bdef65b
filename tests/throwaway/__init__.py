"""A service that is thrown away: what a new one needs, and nothing else. See `test_new_service`."""
