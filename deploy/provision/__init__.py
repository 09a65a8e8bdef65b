"""What a stack needs before its services start: secrets, roles, schemas, topics."""
