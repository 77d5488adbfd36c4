"""The template files: an author's own and the shipped ones, found by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from storygen.errors import TemplateError
from storygen.text.nearest import meant

SUFFIX = ".md.j2"
PREFIX = "storygen/"
"""What a shipped template is called by one that overrides it."""


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One template: the name that Jinja finds it by, where it lies, whether the author made it, its text."""

    name: str
    path: str
    own: bool
    text: str

    @property
    def plain(self) -> str:
        """The name without the prefix: `<kind>/<step>/<role>.md.j2`."""
        return self.name.removeprefix(PREFIX)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All templates. A plain name means the author's file where there is one, else the shipped one.

    `misnamed` are the files among the author's that look like templates and are not called like one, with
    where they lie: nothing reads them.
    """

    own: Mapping[str, TemplateFile]
    shipped: Mapping[str, TemplateFile]
    misnamed: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> TemplateFile | None:
        """Return the file that *name* means, if there is one."""
        if name.startswith(PREFIX):
            return self.shipped.get(name.removeprefix(PREFIX))
        return self.own.get(name) or self.shipped.get(name)

    def get(self, name: str) -> TemplateFile:
        """Return the file that *name* means. Raises TemplateError where there is none."""
        file = self.find(name)
        if file is None:
            raise TemplateError(
                f"there is no template “{name}”{meant(name, self.names)}", "see `storygen templates list`"
            )
        return file

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a template may use for another."""
        return (
            *sorted(self.own.keys() | self.shipped.keys()),
            *(PREFIX + name for name in sorted(self.shipped)),
        )
