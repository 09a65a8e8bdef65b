"""Members: who sits in a committee, by sector, and how its secretary enters one."""
