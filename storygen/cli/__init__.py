"""Arguments in, one call to the desk, output."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code; a closed stdout or stderr takes everything."""
    from storygen.cli.group import run

    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until the end
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - as above
    sys.exit(run(sys.argv[1:]))
