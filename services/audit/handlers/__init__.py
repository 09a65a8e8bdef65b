"""What audit does with what it hears: keep it, append it, judge it, sign it."""
