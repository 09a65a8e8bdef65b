"""One module for each event that leads to messages."""
