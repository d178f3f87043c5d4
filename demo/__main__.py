"""The command line of `make demo`."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
from pathlib import Path

FOLDER = Path("demo-data")
PORT = 8765
RATE = "10/s"

ABOUT = f"""\
The whole product against a local Telegram, with a chat page in the browser. Nothing leaves this
machine, and no Telegram account is needed.

Each demo begins with a new town and an empty product, in {FOLDER}/ where you stand; what an
earlier demo left there is removed first, its processes too if it was killed. One demo runs at a
time. A tour has a temporary folder of its own and may run beside it."""


def _rate(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,5}/(s|min|h)", text):
        raise argparse.ArgumentTypeError("a number per s, min or h, like 10/s or 600/min")
    return text


def main() -> int:
    """Run a demo or a tour; return the exit status, 130 for a tour that was interrupted."""
    parser = argparse.ArgumentParser(
        prog="make demo", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--tour", action="store_true", help="play a whole campaign by itself, say it, and end"
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"of the page (default {PORT})")
    parser.add_argument("--rate", type=_rate, default=RATE, help=f"of the tour (default {RATE})")
    parser.add_argument(
        "--reset", action="store_true", help="remove all that earlier demos left, the key too"
    )
    options = parser.parse_args()
    sys.stdout.write("A local Telegram and the product are on their way …\n")
    sys.stdout.flush()
    try:
        return _run(options)
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stdout.write("Nothing of it runs any more.\n")
        return 130 if options.tour else 0


def _run(options: argparse.Namespace) -> int:
    # These imports take seconds, so they come after the first line of output.
    from demo.play import play_tour, serve_demo
    from demo.workdir import Workdir, WorkdirInUse
    from sandbox.web import PortTaken

    try:
        if options.tour:
            with tempfile.TemporaryDirectory(prefix="predlagator-") as folder:
                return asyncio.run(play_tour(Path(folder), options.port, options.rate))
        with Workdir(FOLDER) as workdir:
            workdir.clear(everything=options.reset)
            return asyncio.run(serve_demo(workdir, options.port))
    except (WorkdirInUse, PortTaken) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
