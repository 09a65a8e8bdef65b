"""Stories of the console, each played without a script on one running Tirek."""
