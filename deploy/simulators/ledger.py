"""What happened outside the system, one JSON line each, on disk before anybody is answered."""

import json
import os
from pathlib import Path
from typing import TextIO


class Ledger:
    """Appends to a file, or nowhere when no file is given."""

    def __init__(self, path: Path | None = None) -> None:
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path else None

    def append(self, kind: str, entry: dict[str, object]) -> None:
        """Written and synced when this returns."""
        if self._file is None:
            return
        self._file.write(json.dumps({"kind": kind, **entry}, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """No more entries."""
        if self._file is not None:
            self._file.close()
