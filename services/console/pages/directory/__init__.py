"""Directory: organisations and services as they run now."""
