"""Model: the rules of a referral: pure values and decisions. Time and identifiers are arguments."""
