"""Aid: what was given by decisions of the committee, and nobody's name."""
