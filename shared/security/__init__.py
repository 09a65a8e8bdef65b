"""Keys, tokens, sealing, and who may see what."""
