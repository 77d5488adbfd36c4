"""Arguments in, one call to the desk, output."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from storygen.cli.group import run
        from storygen.cli.streams import mend

        mend()
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # as early or as late as that, there is nothing to keep
        code = 130
    sys.exit(code)
