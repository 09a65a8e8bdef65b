"""The same system in containers: what docker-compose.yml is written from, and its one-shot jobs."""
