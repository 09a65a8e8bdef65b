"""The address that a process listens on, bound before anything else begins."""

import os
import socket

from shared.errors import TirekError


class NotListening(TirekError):
    """An address cannot be had: the message names it."""


def listening(host: str, port: int) -> socket.socket:
    """A listening socket, the caller's to close; raises `NotListening`, one line.

    uvicorn would end the process by itself, and its own words go to a log that keeps none.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except socket.gaierror as problem:
        why = problem.strerror
    except OSError as problem:
        why = os.strerror(problem.errno or 0)  # its own words repeat the address
    raise NotListening(f"port {port} on {host} cannot be had: {why}")
