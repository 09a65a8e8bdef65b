"""What fourteen committees did, as the founding document counts it, entered as they would."""
