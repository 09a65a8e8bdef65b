"""Board: what of a coordinator's territories needs a person now, and what can be done about it."""
