"""Store: whole SQL statements, beside the functions that bind them."""
