"""Actions: what sittings decided is to be done, what became of it, and the list of a body."""
