"""Running Tirek: the command, the embedded stack, the jurisdictions, the samples."""
