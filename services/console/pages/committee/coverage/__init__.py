"""Coverage: where a committee may sit, where its term is over, and where there is none."""
