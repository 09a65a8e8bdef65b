"""Registry: the committees of a coordinator's territories, how they stand, and their approval."""
