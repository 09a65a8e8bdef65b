"""What ends a backup or a restore: one line for a person."""


class BackupError(Exception):
    """It cannot be done. The message is one line that says why, and what to do."""
