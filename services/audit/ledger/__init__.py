"""The ledger as pure formats: an RFC 6962 Merkle tree in tiles, and the notes of C2SP about it."""
