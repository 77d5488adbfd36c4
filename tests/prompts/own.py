"""Templates of an author, written and rendered."""

from __future__ import annotations

from pathlib import Path

from storygen.prompts.messages import section_messages
from storygen.prompts.templates import Templates
from tests.prompts.books import context, long_book

USER = "fiction/section/user.md.j2"
ENDLESS = "{% set n = range(50000) | list %}{% for a in range(40000) %}{{ n | sort | length }}{% endfor %}"
"""What the sandbox has no objection to, and of which nobody would see the end."""

BASE = '{% extends "storygen/fiction/section/user.md.j2" %}\n'


def own(folder: Path, text: str | bytes, name: str = USER) -> Templates:
    """Read templates with one of the author's own."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Templates.read(folder)


def rendered(templates: Templates, position: int = 2) -> str:
    """Render what a section of a small book is asked."""
    outline = long_book(3)
    chosen = outline.sections[position - 1]
    return section_messages(outline, chosen, context(outline, position), templates)[-1].text
