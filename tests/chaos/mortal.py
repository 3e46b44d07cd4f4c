"""`tgbitget` with a charge in it: `CHAOS_KILL` names the point of the path where the process dies."""

import sys

from chaos.points import arm
from journeys.impatient import make_impatient

if __name__ == "__main__":
    make_impatient()
    arm()
    from tgbitget.cli import main

    sys.exit(main())
