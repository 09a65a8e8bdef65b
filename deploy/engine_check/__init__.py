"""The containers, checked on a real engine."""
