"""Prompts from template files: `<kind>/<step>/<role>.md.j2`, and the file's name is the role."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from storygen.draft import Finding, Severity
from storygen.errors import TemplateError
from storygen.messages import Message, Role
from storygen.outline.tree import Kind
from storygen.prompts.plain import Variables
from storygen.prompts.pointing import point, template_error
from storygen.prompts.shelf import SUFFIX, Shelf, TemplateFile
from storygen.prompts.shelving import read_shelf
from storygen.prompts.steps import STEPS
from storygen.text.nearest import meant

if TYPE_CHECKING:
    from storygen.prompts.renderer import Renders

_DEEP = 2
"""Folders that the name of a template has in it: kind and step."""

_UNSENDABLE = re.compile("[\0\ud800-\udfff]")
"""NUL, and halves of characters."""


class Templates:
    """Every template there is, read once.

    Shipped ones are rendered in this process. As soon as an author has some of their own, who may be anybody,
    all are rendered in a jail.
    """

    def __init__(self, shelf: Shelf) -> None:
        """Render from *shelf*."""
        self._shelf = shelf
        self._systems: dict[str, tuple[Variables, str]] = {}

    @cached_property
    def _renderer(self) -> Renders:
        """What renders them; Jinja is not loaded before there is something to render."""
        if self._shelf.own:
            from storygen.prompts.jailed import Jailed  # noqa: PLC0415 - see above

            return Jailed(self._shelf)
        from storygen.prompts.renderer import Renderer  # noqa: PLC0415 - see above

        return Renderer(self._shelf)

    @classmethod
    def read(cls, own: Path | None = None) -> Templates:
        """Read the shipped templates and an author's *own* folder, which need not exist.

        Raises TemplateError for a file that leads out of the folder, is too large or is not UTF-8.
        """
        return cls(read_shelf(own))

    def list(self) -> tuple[TemplateFile, ...]:
        """Return the templates in force, by name: an author's own in place of the shipped one of its name."""
        shelf = self._shelf
        return tuple(
            shelf.own.get(name) or shelf.shipped[name] for name in sorted({*shelf.own, *shelf.shipped})
        )

    def source(self, name: str) -> str:
        """Return the text of *name*, a name as templates use it. Raises TemplateError."""
        return self._shelf.get(name).text

    def names(self, kind: Kind, step: str) -> tuple[TemplateFile, ...]:
        """Return every file that the messages of *step* are made of, in the order of their names."""
        used = {name for file in self._files(kind, step) for name in self._renderer.used(file.name)}
        return tuple(self._shelf.get(name) for name in sorted(used))

    def shipped(self, kind: Kind, step: str) -> tuple[TemplateFile, ...]:
        """Return what comes with storygen for *step*, even where an author's own file takes its place."""
        names = (f"{kind}/{step}/{role}{SUFFIX}" for role in Role)
        return tuple(file for file in map(self._shelf.shipped.get, names) if file)

    @property
    def all_shipped(self) -> tuple[TemplateFile, ...]:
        """All that comes with storygen, by name."""
        return tuple(self._shelf.shipped[name] for name in sorted(self._shelf.shipped))

    def check(self, example: Variables = MappingProxyType({})) -> tuple[Finding, ...]:
        """Find what can be found wrong without rendering, in all templates in force.

        Of the variables that *example* has, the fields are known too. What several templates share is told
        once, as it is told of the one that it stands in.
        """
        found: dict[tuple[str, str, int, int], Finding] = {}
        try:
            for file in self.list():
                for each in self._findings(file, example):
                    place = (each.rule, each.path, each.line, each.column)
                    if place not in found or each.path == file.path:
                        found[place] = each
        except TemplateError as error:  # they were stopped: nobody looks at them any more
            return (*found.values(), *error.findings)
        kept = sorted(found.values(), key=lambda each: (each.path, each.line, each.column))
        return (*kept, *self._unused(), *self._misnamed())

    def render(self, kind: Kind, step: str, variables: Variables) -> tuple[Message, ...]:
        """Render the messages of *step*, one for each role that has a file, the system message first.

        Each is given what `STEPS` says, of which *variables* has everything. Raises TemplateError.
        """
        return tuple(
            Message(Role.SYSTEM, self._system(file, _given(file, variables)), cached=True)
            if role_of(file) is Role.SYSTEM
            else Message(role_of(file), self._whole(file, _given(file, variables)))
            for file in self._files(kind, step)
        )

    def blocks(self, kind: Kind, step: str, variables: Variables) -> tuple[tuple[Role, str, str], ...]:
        """Render every outermost block on its own: its role, its name, its text. Raises TemplateError."""
        return tuple(
            (role_of(file), name, text)
            for file in self._files(kind, step)
            for name, text in self._renderer.blocks(file.name, _given(file, variables))
        )

    def _files(self, kind: Kind, step: str) -> tuple[TemplateFile, ...]:
        found = (self._shelf.find(f"{kind}/{step}/{role}{SUFFIX}") for role in Role)
        files = tuple(file for file in found if file)
        if not files:
            raise TemplateError(f"there are no templates for {kind}/{step}", "see `storygen templates list`")
        return files

    def _findings(self, file: TemplateFile, example: Variables) -> Sequence[Finding]:
        step = STEPS.get(file.plain.split("/")[1])
        if step is None:
            return []
        known = {**example, **step.own}
        given = {name: known.get(name, "") for name in step.given(role_of(file))}
        return self._renderer.findings(file.name, given)

    def _unused(self) -> Iterator[Finding]:
        """Yield the templates of an author that nothing asks for: their step or role is none."""
        used = {name for file in self.list() for name in self._renderer.used(file.name) if name != file.name}
        for name, file in self._shelf.own.items():
            if name not in self._shelf.shipped and name not in used:
                message = f"nothing uses this template{meant(name, self._shelf.shipped)}"
                yield replace(point(file, 0, "template/unused", message), severity=Severity.WARNING)

    def _misnamed(self) -> Iterator[Finding]:
        """Yield the files of an author that would be templates if they had the name of one."""
        for name, path in self._shelf.misnamed.items():
            close = meant(name, self._shelf.shipped) if name.count("/") == _DEEP else ""
            yield Finding(
                "template/name",
                f"nothing reads a template of this name{close}",
                path=path,
                help=f"a template is called KIND/STEP/ROLE{SUFFIX}, as fiction/section/user{SUFFIX}",
                severity=Severity.WARNING,
            )

    def _system(self, file: TemplateFile, given: Variables) -> str:
        """Render a system message, once as long as it is *given* the same: a whole book shares it."""
        before, text = self._systems.get(file.name, ({}, ""))
        if not text or before != given:
            text = self._whole(file, given)
            self._systems[file.name] = given, text
        return text

    def _whole(self, file: TemplateFile, given: Variables) -> str:
        """Render a message, without blank edges, once it is one that can be sent."""
        text = self._renderer.render(file.name, given).strip()
        if not text:
            raise template_error([point(file, 0, "template/empty", "it comes out empty")])
        if _UNSENDABLE.search(text):
            message = "it comes out with a character that cannot be sent"
            raise template_error([point(file, 0, "template/character", message)])
        return text


def role_of(file: TemplateFile) -> Role:
    """Return who speaks in *file*: its name says it."""
    return Role(file.name.rpartition("/")[2].removesuffix(SUFFIX))


def _given(file: TemplateFile, variables: Variables) -> Variables:
    step = STEPS.get(file.plain.split("/")[1])
    known = step.given(role_of(file)) if step else ()
    return {name: value for name, value in variables.items() if name in known}
