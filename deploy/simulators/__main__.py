"""``python -m deploy.simulators``: phones, mail and witnesses, until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from deploy.simulators.running import Options, PortTaken, simulators


def options(arguments: list[str]) -> Options:
    """From the command line."""
    usual = Options()
    parser = argparse.ArgumentParser(prog="deploy.simulators", description=__doc__)
    parser.add_argument("--host", default=usual.host, help="address to listen on")
    parser.add_argument("--smpp-port", type=int, default=usual.smpp_port)
    parser.add_argument("--smtp-port", type=int, default=usual.smtp_port)
    parser.add_argument("--phones-port", type=int, default=usual.phones_port)
    parser.add_argument("--mail-port", type=int, default=usual.mail_port)
    parser.add_argument("--ledger", type=Path, help="append what happens to this file, JSON lines")
    parser.add_argument("--password", help="what SMPP clients must bind with (default: anything)")
    parser.add_argument(
        "--witnesses",
        type=Path,
        default=os.environ.get("TIREK_WITNESSES") or None,
        help="a policy whose logs three witnesses watch",
    )
    return Options(**vars(parser.parse_args(arguments)))


async def run(chosen: Options) -> None:
    """Serves until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with simulators(chosen) as up:
        sys.stdout.write(
            f"simulators ready: phones http://{chosen.host}:{up.phones_port}/, "
            f"mail http://{chosen.host}:{up.mail_port}/, "
            f"SMPP {chosen.host}:{up.smpp_port}, SMTP {chosen.host}:{up.smtp_port}\n"
        )
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Exit code 0 after an orderly stop, 1 with one line when it cannot start."""
    try:
        asyncio.run(run(options(sys.argv[1:])))
    except PortTaken as problem:
        sys.exit(f"simulators: {problem}")


if __name__ == "__main__":
    main()
