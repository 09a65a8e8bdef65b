"""Appeals of citizens: what came, when, and what became of it. Who wrote stands elsewhere."""
