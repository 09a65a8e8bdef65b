"""What people answer by SMS: read, tied to a person and an offer, and passed on as an act."""
