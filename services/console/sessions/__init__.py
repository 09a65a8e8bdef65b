"""Sessions: who sits before the console, since when and until when."""
