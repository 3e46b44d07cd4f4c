"""The commands: read arguments, call one function, print.

Nothing heavy is imported before a command runs: `--help` knows neither CCXT nor Telethon, so the work of a command is
imported inside its function.

frame       the commands put together, and one run of them
ending      errors become exit codes and lines
options     arguments that several commands take, and their completion
start       what a command does first: settings, logs
run         listen, replay, demo
telegram    login, logout, channels; person is who sits before the terminal
profiles    list, show, check, new; profile_text writes a profile as a file
profile_from  a profile from a history: survey looks, proposal chooses, rehearsed tells what it would have done
parse       parse, and parse_many for files of posts (post_file reads them); parsers lists who can read
explaining  which words a reading comes from, and what each parser says; explaining_text and marked_text show it
tally       many readings counted; tally_text is its screen
reasons     the codes of readings as sentences
markets     sync, list, show
look        signals, orders, positions, explain; journal_text and story_text say them
stats       stats; stats_summary counts, stats_text draws
control     pause, resume
doctor      doctor; checkup and its check_ pages find, findings say
view        the live screen and what takes its place: board knows, screen draws, printers print
tables      rows as a table, as tab-separated text or as JSON lines
words       text from outside made harmless; readings, decisions, ages in few words
"""

import sys
from collections.abc import Sequence
from typing import NoReturn

from tgbitget.cli.frame import run


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The console script."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
