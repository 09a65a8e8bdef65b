"""The services. They never import each other; they meet in events and signed HTTP calls."""
