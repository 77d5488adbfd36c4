"""Arguments in, one call to the desk, output."""

from __future__ import annotations

import gc
import sys

_VALUES = 50_000
"""How many values come into being before the interpreter looks for rubbish among them.

A book is made of many small ones that live as long as the run: looking through all of them again and again
takes a tenth of the time and finds nothing.
"""


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(_VALUES)
    try:
        from storygen.cli.group import run
        from storygen.cli.streams import mend

        mend()
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # as early or as late as that, there is nothing to keep
        code = 130
    sys.exit(code)
