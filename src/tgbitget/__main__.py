"""`python -m tgbitget`."""

from tgbitget.cli import main

main()
