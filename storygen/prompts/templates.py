"""Prompts from template files: `<kind>/<step>/<role>.md.j2`, and the file's name is the role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias, TypeVar

import jinja2
from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError

from storygen.draft import Finding
from storygen.errors import TemplateError
from storygen.messages import Message, Role
from storygen.outline.tree import Kind
from storygen.prompts.judge import Judge
from storygen.prompts.sandbox import TURNS, Sandbox
from storygen.prompts.shelf import SUFFIX, Shelf, ShelfLoader, TemplateFile, read_shelf
from storygen.prompts.steps import STEPS
from storygen.prompts.variables import Plain

Variables: TypeAlias = Mapping[str, Plain]

Blocks: TypeAlias = list[tuple[str, str]]
"""The names of blocks with their text."""

LONGEST_MESSAGE = 4_000_000
"""Characters of one rendered message: more than any model's window holds."""

_T = TypeVar("_T")


class Templates:
    """Every template there is, read once, and the one environment that renders them."""

    def __init__(self, shelf: Shelf) -> None:
        """Render from *shelf*."""
        self._shelf = shelf
        self._sandbox = Sandbox(ShelfLoader(shelf))
        self._judge = Judge(shelf, self._sandbox)
        self._judged: dict[tuple[str, frozenset[str]], tuple[Finding, ...]] = {}

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
        return self._file(name).text

    def names(self, kind: Kind, step: str) -> tuple[TemplateFile, ...]:
        """Return every file that the messages of *step* are made of, in the order of their names."""
        used = {each.name: each for file in self._files(kind, step) for each in self._judge.used(file)}
        return tuple(used[name] for name in sorted(used))

    def shipped(self, kind: Kind, step: str) -> tuple[TemplateFile, ...]:
        """Return what comes with storygen for *step*, even where an author's own file takes its place."""
        names = (f"{kind}/{step}/{role}{SUFFIX}" for role in Role)
        return tuple(file for file in map(self._shelf.shipped.get, names) if file)

    def check(self) -> tuple[Finding, ...]:
        """Find what can be found wrong without rendering, in all templates in force."""
        found = [each for file in self.list() for each in self._judge.findings(file, known=_known(file))]
        return tuple(dict.fromkeys([*found, *self._judge.unused()]))

    def render(self, kind: Kind, step: str, variables: Variables) -> tuple[Message, ...]:
        """Render the messages of *step*, one for each role that has a file, the system message first.

        Each is given what `STEPS` says, of which *variables* has everything. Raises TemplateError.
        """
        return tuple(
            Message(
                _role(file), self._render(file, _given(file, variables)), cached=_role(file) is Role.SYSTEM
            )
            for file in self._files(kind, step)
        )

    def blocks(self, kind: Kind, step: str, variables: Variables) -> tuple[tuple[Role, str, str], ...]:
        """Render every outermost block on its own: its role, its name, its text. Raises TemplateError."""
        return tuple(
            (_role(file), name, text)
            for file in self._files(kind, step)
            for name, text in self._blocks(file, _given(file, variables))
        )

    def _files(self, kind: Kind, step: str) -> tuple[TemplateFile, ...]:
        found = (self._shelf.find(f"{kind}/{step}/{role}{SUFFIX}") for role in Role)
        files = tuple(file for file in found if file)
        if not files:
            raise TemplateError(f"there are no templates for {kind}/{step}", "see `storygen templates list`")
        return files

    def _file(self, name: str) -> TemplateFile:
        file = self._shelf.find(name)
        if file is None:
            raise TemplateError(f"there is no template “{name}”", "see `storygen templates list`")
        return file

    def _render(self, file: TemplateFile, given: Variables) -> str:
        self._accept(file, frozenset(given))
        return _whole(file, self._guard(file, lambda: _bounded(self._template(file).generate(given))))

    def _blocks(self, file: TemplateFile, given: Variables) -> Blocks:
        self._accept(file, frozenset(given))
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

    def _accept(self, file: TemplateFile, known: frozenset[str]) -> None:
        """Raise what is wrong with *file*, judged once; tests have judged the shipped templates."""
        if not self._shelf.own:
            return
        if (file.name, known) not in self._judged:
            self._judged[file.name, known] = tuple(self._judge.findings(file, known=known))
        if findings := self._judged[file.name, known]:
            first, *rest = (f"{_place(each.path, each.line)}: {each.message}" for each in findings)
            raise TemplateError(first, findings[0].help, notes=tuple(rest))

    def _guard(self, file: TemplateFile, render: Callable[[], _T]) -> _T:
        """Turn whatever a template can do wrong into one sentence with its place."""
        try:
            return render()
        except TemplateError:
            raise
        except Exception as error:
            paths = {each.path for each in self._judge.used(file)}
            path, line = _where(error, paths) or (file.path, 0)
            raise TemplateError(f"{_place(path, line)}: {_said(error)}") from error


def _role(file: TemplateFile) -> Role:
    return Role(file.name.rpartition("/")[2].removesuffix(SUFFIX))


def _known(file: TemplateFile) -> tuple[str, ...] | None:
    """Return the variables that *file* will be given; None where nobody has said."""
    step = STEPS.get(file.plain.split("/")[1])
    return step.given(_role(file)) if step else None


def _given(file: TemplateFile, variables: Variables) -> Variables:
    known = _known(file) or ()
    return {name: value for name, value in variables.items() if name in known}


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


def _whole(file: TemplateFile, text: str) -> str:
    """Return a message without blank edges, once it is one that can be sent."""
    if not text.strip():
        raise TemplateError(f"{file.path}: it comes out empty")
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise TemplateError(f"{file.path}: it comes out with a character that cannot be sent")
    return text.strip()


def _where(error: Exception, paths: set[str]) -> tuple[str, int] | None:
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


def _place(path: str, line: int) -> str:
    return f"{path}:{line}" if line else path
