"""Report: an incident taken down in eight steps, each kept by intake as a draft, then sent once."""
