"""`make demo`: the command line of it."""

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
    asked = parser.parse_args()
    sys.stdout.write("A local Telegram and the product are on their way …\n")
    sys.stdout.flush()
    try:
        return _play(asked)
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stdout.write("Nothing of it runs any more.\n")
        return 130 if asked.tour else 0


def _play(asked: argparse.Namespace) -> int:
    # Imported late: it takes seconds, and a person should see a sign of life before.
    from demo.play import demo, tour
    from demo.workdir import Occupied, Premises
    from sandbox.web import PortTaken

    try:
        if asked.tour:
            with tempfile.TemporaryDirectory(prefix="predlagator-") as folder:
                return asyncio.run(tour(Path(folder), asked.port, asked.rate))
        with Premises(FOLDER) as premises:
            premises.clear(everything=asked.reset)
            return asyncio.run(demo(premises, asked.port))
    except (Occupied, PortTaken) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
