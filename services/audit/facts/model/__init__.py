"""How facts of response follow from what was said, and what is wrong with it: pure."""
