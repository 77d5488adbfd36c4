"""Gives Jinja the template files."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import BaseLoader, Environment, TemplateNotFound

from storygen.prompts.shelf import Shelf


class ShelfLoader(BaseLoader):
    """Gives Jinja the files of a shelf; it has no folder that it could leave."""

    def __init__(self, shelf: Shelf) -> None:
        """Serve *shelf*."""
        self._shelf = shelf

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool] | None]:
        """Return a template's text and its path, for errors."""
        del environment
        file = self._shelf.find(template)
        if file is None:
            raise TemplateNotFound(template)
        return file.text, file.path, None
