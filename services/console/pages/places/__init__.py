"""Free places: said in one tap by those who work there."""
