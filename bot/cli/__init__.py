"""The verbs of `lantern`, one module a family; each is thin and prints what it did."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bot.cli import check, converse, directory, report, run, screen, staff
from bot.errors import LanternError

DESCRIPTION = "Lantern: a support chatbot for people affected by injection drug use."


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the command line and run one verb; an expected error is one line and exit code 1."""
    parser = argparse.ArgumentParser(prog="lantern", description=DESCRIPTION)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for module in (run, converse, screen, check, directory, staff, report):
        module.add_verbs(verbs)
    arguments = parser.parse_args(argv)
    try:
        sys.exit(arguments.run(arguments))
    except LanternError as error:
        print(f"lantern: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
