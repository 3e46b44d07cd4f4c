"""The commands: read arguments, call one function, print.

Nothing heavy is imported before a command runs: `--help` knows neither CCXT nor Telethon, so the work of a command is
imported inside its function.

frame       the commands put together, the exit codes, the one line for each error
ending      errors become exit codes and lines
options     arguments that several commands take, and their completion
words       text from outside made harmless for a terminal; a reading, an order, a price in words
tables      rows as a table, as tab-separated text or as JSON lines
view        the live screen; board is what it knows, printers are what takes its place without a terminal
"""

import sys
from collections.abc import Sequence
from typing import NoReturn

from tgbitget.cli.frame import run


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The console script."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
