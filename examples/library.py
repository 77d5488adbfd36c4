"""Uses storygen as a library: reads an outline, writes it, and looks at what came back.

Run it with `python examples/library.py OUTLINE`; without a key it rehearses.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from storygen import StopReason, StorygenError, open_project, write


def main(path: Path) -> None:
    """Write the outline at *path* and print a line for every section that was asked for."""
    project = open_project(path, environ=os.environ)
    written = write(project)
    for draft in written.drafts:
        ending = "as it should" if draft.stop_reason is StopReason.END_TURN else str(draft.stop_reason)
        print(f"{draft.id}: {len(draft.legs)} leg(s), ended {ending}, {draft.usage.output_tokens} tokens")
    print(f"{written.usage.output_tokens} tokens in all, compiled to {written.manuscript}")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except StorygenError as error:
        sys.exit(f"{error.message}\n{error.help}")
