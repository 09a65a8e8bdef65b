"""What intake knows, as frozen values, and what it decides. Pure: time and ids are arguments."""
