"""``python -m deploy.containers.health``: whether a container's process is ready; for the engine.

TIREK_HEALTH lists what must answer 200, as ``port/path`` with spaces between.
"""

import os
import sys
import urllib.error
import urllib.request

_PATIENCE = 4.0


def main() -> int:
    """0 when all is ready; else 1, with what the process says of itself, for ``docker inspect``."""
    for place in os.environ["TIREK_HEALTH"].split():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{place}", timeout=_PATIENCE):
                continue
        except urllib.error.HTTPError as answer:
            sys.stdout.write(f"{place}: {answer.code} {answer.read(500).decode()}\n")
        except OSError as problem:
            sys.stdout.write(f"{place}: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
