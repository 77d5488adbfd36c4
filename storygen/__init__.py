"""storygen turns an outline into a long Markdown manuscript, section by section.

The names below are the whole library; each is imported when it is first used.

    project = open_project(Path("outline.yaml"), environ=os.environ)
    written = write(project, rehearse=True)
    for draft in written.drafts:
        print(draft.id, draft.stop_reason, draft.usage.output_tokens)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storygen.desk.project import Project, open_project
    from storygen.desk.write import awrite, write
    from storygen.desk.written import Written
    from storygen.draft import Draft, Finding, Leg
    from storygen.errors import OutlineError, StorygenError
    from storygen.messages import StopReason, Usage
    from storygen.outline.read import read_outline
    from storygen.outline.tree import Outline, Section

__version__ = "0.1.0"

__all__ = [
    "Draft",
    "Finding",
    "Leg",
    "Outline",
    "OutlineError",
    "Project",
    "Section",
    "StopReason",
    "StorygenError",
    "Usage",
    "Written",
    "awrite",
    "open_project",
    "read_outline",
    "write",
]

_HOMES = {
    "desk.project": ("Project", "open_project"),
    "desk.write": ("awrite", "write"),
    "desk.written": ("Written",),
    "draft": ("Draft", "Finding", "Leg"),
    "errors": ("OutlineError", "StorygenError"),
    "messages": ("StopReason", "Usage"),
    "outline.read": ("read_outline",),
    "outline.tree": ("Outline", "Section"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name when somebody first asks for it."""
    if name not in _HOME:
        raise AttributeError(f"module 'storygen' has no attribute '{name}'")
    return getattr(import_module(f"storygen.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
