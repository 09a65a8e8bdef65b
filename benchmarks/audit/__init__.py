"""A ledger that grows, and a year of a country's response times: appending, proving, reporting."""
