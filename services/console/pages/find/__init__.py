"""Find: a case by the code that people call it by."""
