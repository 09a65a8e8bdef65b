"""``python -m deploy.containers.health``: whether a container's process is ready; for the engine.

TIREK_HEALTH lists what must answer 200, as ``port/path`` with spaces between.
"""

import os
import ssl
import sys
import urllib.error
import urllib.request

_PATIENCE = 4.0
_ANYBODYS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The process is asked by its address on this machine, which stands in no certificate."""
_ANYBODYS.check_hostname, _ANYBODYS.verify_mode = False, ssl.CERT_NONE


def main() -> int:
    """0 when all is ready; else 1, with what the process says of itself, for ``docker inspect``."""
    scheme = "https" if os.environ.get("TIREK_TLS_CERT") else "http"
    for place in os.environ["TIREK_HEALTH"].split():
        try:
            url = f"{scheme}://127.0.0.1:{place}"
            with urllib.request.urlopen(url, timeout=_PATIENCE, context=_ANYBODYS):  # noqa: S310
                continue
        except urllib.error.HTTPError as answer:
            sys.stdout.write(f"{place}: {answer.code} {answer.read(500).decode()}\n")
        except OSError as problem:
            sys.stdout.write(f"{place}: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
