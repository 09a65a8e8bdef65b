"""What an operator does: parked records, the proof of the outbox, sealing keys."""
