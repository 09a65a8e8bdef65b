"""What a machine cannot do here."""


class Missing(Exception):
    """This fault cannot be made here. The message is one line: what it needs."""
