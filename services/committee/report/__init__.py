"""The report: figures out of all registers, and which of them may leave."""
