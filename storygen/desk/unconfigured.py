"""Whether a run rehearses by itself, because nobody has said what should write."""

from __future__ import annotations

from storygen.desk.keys import any_key
from storygen.desk.project import Project
from storygen.desk.states import Shelved
from storygen.outline.tree import Outline
from storygen.settings import Settings


def nothing_configured(settings: Settings, outline: Outline) -> bool:
    """Say whether nobody has named a key, an endpoint or a model anywhere."""
    named = any(section.model for section in outline.sections)
    chosen = {"model", "base_url"} & settings.origins.keys()
    return not (chosen or named or any_key(settings))


def rehearses(project: Project, shelved: Shelved) -> bool:
    """Say whether a run of *project* rehearses by itself: nothing is configured, and nothing was paid yet."""
    paid = any(not written.rehearsed for written in shelved.record.sections.values())
    return not paid and nothing_configured(project.settings, project.outline)
