"""The console as people have it: on a slow telephone, at two desks, with many of them at once."""
