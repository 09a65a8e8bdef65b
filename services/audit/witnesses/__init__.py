"""Witnesses: others who keep what the ledger was, and cosign only what grew out of it."""
