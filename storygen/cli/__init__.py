"""Arguments in, one call to the desk, output."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from storygen.cli.group import run

    sys.exit(run(sys.argv[1:]))
