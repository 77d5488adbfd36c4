"""What judges templates and renders them: pure, and the same in this process as in a jail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeAlias, TypeVar

import jinja2
from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError

from storygen.draft import Finding
from storygen.prompts.judge import Judge
from storygen.prompts.loader import ShelfLoader
from storygen.prompts.plain import Variables
from storygen.prompts.pointing import point, template_error
from storygen.prompts.sandbox import TURNS, Sandbox
from storygen.prompts.shelf import Shelf, TemplateFile

Blocks: TypeAlias = list[tuple[str, str]]
"""The names of blocks with their text."""

LONGEST_MESSAGE = 4_000_000
"""Characters of one rendered message: more than any model's window holds."""

_T = TypeVar("_T")
_QUOTED = re.compile(r"“(.+?)”|'(.+?)'|`(.+?)`")


class Renders(Protocol):
    """Judges and renders the templates of one shelf, each called by its name."""

    def used(self, name: str) -> list[str]:
        """Return *name* and every template that it extends, includes or imports, each once."""

    def findings(self, name: str, given: Variables) -> list[Finding]:
        """Return what is wrong with *name* and what it uses, where it is *given* these variables."""

    def render(self, name: str, given: Variables) -> str:
        """Return the whole text of *name*. Raises TemplateError."""

    def blocks(self, name: str, given: Variables) -> Blocks:
        """Return the outermost blocks of *name*, each with its text. Raises TemplateError."""


class Renderer:
    """Renders in the process that it lives in."""

    def __init__(self, shelf: Shelf) -> None:
        """Render from *shelf*."""
        self._shelf = shelf
        self._sandbox = Sandbox(ShelfLoader(shelf))
        self._judge = Judge(shelf, self._sandbox)
        self._judged: dict[tuple[str, frozenset[tuple[str, type]]], list[Finding]] = {}

    def used(self, name: str) -> list[str]:
        """Return *name* and every template that it extends, includes or imports, each once."""
        return [file.name for file in self._judge.used(self._shelf.get(name))]

    def findings(self, name: str, given: Variables) -> list[Finding]:
        """Return what is wrong with *name*, judged once for the same names and types of variables."""
        key = (name, frozenset((each, type(value)) for each, value in given.items()))
        if key not in self._judged:
            self._judged[key] = list(self._judge.findings(self._shelf.get(name), given=given))
        return self._judged[key]

    def render(self, name: str, given: Variables) -> str:
        """Return the whole text of *name*. Raises TemplateError."""
        file = self._accepted(name, given)
        return self._guard(file, lambda: _bounded(self._template(file).generate(given)))

    def blocks(self, name: str, given: Variables) -> Blocks:
        """Return the outermost blocks of *name*, each with its text. Raises TemplateError."""
        file = self._accepted(name, given)
        return self._guard(file, lambda: self._split(file, given))

    def _split(self, file: TemplateFile, given: Variables) -> Blocks:
        template = self._template(file)
        context = template.new_context(dict(given))
        _bounded(template.root_render_func(context))  # which fills in the blocks of what it extends
        names = self._judge.blocks(file)
        return [(name, _bounded(context.blocks[name][0](context)).strip()) for name in names]

    def _template(self, file: TemplateFile) -> jinja2.Template:
        self._sandbox.turns_left = TURNS
        return self._sandbox.get_template(file.name)

    def _accepted(self, name: str, given: Variables) -> TemplateFile:
        """Return the template called *name*, or raise what is wrong; tests have judged the shipped ones."""
        if self._shelf.own and (found := self.findings(name, given)):
            raise template_error(found)
        return self._shelf.get(name)

    def _guard(self, file: TemplateFile, render: Callable[[], _T]) -> _T:
        """Turn whatever a template can do wrong into one sentence with its place."""
        try:
            return render()
        except Exception as error:
            raise template_error([self._found(file, error)]) from error

    def _found(self, file: TemplateFile, error: Exception) -> Finding:
        files = {each.path: each for each in self._judge.used(file)}
        path, line = _where(error, files) or (file.path, 0)
        message = _said(error)
        words = [word for match in _QUOTED.finditer(message) for word in match.groups() if word]
        return point(files.get(path, file), line, "template/render", message, words=words)


def _bounded(pieces: Iterator[str]) -> str:
    """Join *pieces*, and stop where it becomes too much for anybody to read."""
    kept: list[str] = []
    left = LONGEST_MESSAGE
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise SecurityError(f"it makes more than {LONGEST_MESSAGE:,} characters")
        kept.append(piece)
    return "".join(kept)


def _where(error: Exception, paths: Mapping[str, TemplateFile]) -> tuple[str, int] | None:
    """Return the innermost place in a template that *error* came through."""
    if isinstance(error, TemplateSyntaxError):
        return error.filename or "", error.lineno
    found = None
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename in paths:
            found = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return found


def _said(error: Exception) -> str:
    match error:
        case SecurityError() if "unsafe" in str(error) or "not safely" in str(error):
            return "this is not allowed in templates: " + str(error).rstrip(".")
        case RecursionError():
            return "it calls itself without end"
        case MemoryError():
            return "it needs more memory than there is"
        case TemplateNotFound():
            return f"there is no template “{error.name}”"
        case _:
            return str(error).rstrip(".") or type(error).__name__
