"""What every process is made of: its start, its jobs, its health, its end."""
