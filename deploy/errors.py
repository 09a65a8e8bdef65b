"""What can go wrong with the embedded stack, said in one line."""


class StackError(Exception):
    """The stack cannot start or go on. The message is one line: what happened, and what to do."""
