"""A country full of committees: how long its report takes, and what their pages weigh."""
