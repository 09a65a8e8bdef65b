"""People: the register, whether contacts are read, and the accounts and telephones of each."""
