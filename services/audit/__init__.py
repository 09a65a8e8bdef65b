"""Response times that nobody can back-date: the ledger of events, and the figures made of it."""
