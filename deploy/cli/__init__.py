"""The ``tirek`` command. Every verb belongs to the service that answers it, or to an operator."""
