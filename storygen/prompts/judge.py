"""What is wrong with a template, found before it is rendered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from storygen.draft import Finding, Severity
from storygen.prompts.sandbox import meant
from storygen.prompts.shelf import PREFIX, Shelf, TemplateFile

_KEEPING = (nodes.Block, nodes.Macro, nodes.AssignBlock)
"""What holds text that is not lost in a template that extends another."""

DEEPEST = 200
"""Levels of a template's tree; Jinja and Python walk it by recursion, and give up at different depths."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Reads templates without running them."""

    shelf: Shelf
    environment: Environment
    trees: dict[str, nodes.Template] = field(default_factory=dict, repr=False)

    def used(self, file: TemplateFile) -> tuple[TemplateFile, ...]:
        """Return *file* and every template that it extends, includes or imports, each once."""
        found: dict[str, TemplateFile] = {}
        waiting = [file]
        while waiting:
            each = waiting.pop(0)
            if each.name not in found:
                found[each.name] = each
                waiting.extend(self._targets(each))
        return tuple(found.values())

    def findings(self, file: TemplateFile, *, known: Collection[str] | None = None) -> Iterator[Finding]:
        """Yield what is wrong with *file* and what it uses; *known* are the variables that it is given."""
        family = (file, *self._ancestors(file))
        found: list[Finding] = []
        for each in self.used(file):
            broken = self._broken(each)
            found += [broken] if broken else self._wrong(each)
        yield from found
        if known is not None and not found:
            yield from self._variables(family, known)

    def unused(self) -> Iterator[Finding]:
        """Yield the templates of an author that nothing asks for: their step or role is none."""
        for name, file in self.shelf.own.items():
            if name not in self.shelf.shipped:
                message = f"nothing uses this template{meant(name, self.shelf.shipped)}"
                yield replace(_finding(file, 0, "template/unused", message), severity=Severity.WARNING)

    def blocks(self, file: TemplateFile) -> tuple[str, ...]:
        """Return the names of the outermost blocks of *file*, or of what it extends, in their order."""
        parent = self._parent(file)
        return self.blocks(parent) if parent else tuple(block.name for block in _outermost(self._tree(file)))

    def _wrong(self, file: TemplateFile) -> Iterator[Finding]:
        tree = self._tree(file)
        yield from self._missing(file, tree)
        yield from self._endless(file)
        if _extends(tree):
            yield from self._lost(file, tree)
        yield from self._filters(file, tree)

    def _broken(self, file: TemplateFile) -> Finding | None:
        """Compile *file*; Python's own limits count as its faults too."""
        try:
            self._parse(file)
            self.environment.compile(file.text, file.name, file.path)
        except TemplateSyntaxError as error:
            if any(self._filters(file, self._tree(file))):
                return None  # a filter that does not exist: told by those who know what was meant
            return _finding(file, error.lineno, "template/syntax", _sentence(error.message or "broken"))
        except (SyntaxError, RecursionError, MemoryError):
            return _finding(file, 0, "template/syntax", "it is nested too deeply")
        return None

    def _missing(self, file: TemplateFile, tree: nodes.Template) -> Iterator[Finding]:
        for node, name in _references(tree):
            if name is None:
                message = "a template is named by a quoted text here"
                yield _finding(file, node.lineno, "template/reference", message)
            elif self.shelf.find(name) is None and not getattr(node, "ignore_missing", False):
                message = f"there is no template “{name}”{meant(name, self.shelf.names)}"
                yield _finding(file, node.lineno, "template/missing", message, word=name)

    def _endless(self, file: TemplateFile) -> Iterator[Finding]:
        """Find a template that comes back to itself: most often an override without the prefix."""
        for node, name in _references(self._tree(file)):
            target = self.shelf.find(name or "")
            if name and target and file in self.used(target):
                message = f"“{name}” leads back to this template"
                help_ = f"write “{PREFIX}{file.plain}” for the shipped one" if target == file else ""
                yield _finding(file, node.lineno, "template/endless", message, word=name, help=help_)

    def _lost(self, file: TemplateFile, tree: nodes.Template) -> Iterator[Finding]:
        """Find blocks that the extended template does not have, and text that stands in none."""
        ancestors = self._ancestors(file)
        blocks = {block.name for each in ancestors for block in self._tree(each).find_all(nodes.Block)}
        for block in _outermost(tree):
            if block.name not in blocks:
                message = f"the extended template has no block “{block.name}”{meant(block.name, blocks)}"
                yield _finding(file, block.lineno, "template/block", message, word=block.name)
        for node in _stray(tree):
            message = "text outside of blocks is lost in a template that extends another"
            yield _finding(file, _first_line(node), "template/outside", message, help="put it into a block")

    def _filters(self, file: TemplateFile, tree: nodes.Template) -> Iterator[Finding]:
        for kind, word, names in (
            (nodes.Filter, "filter", self.environment.filters),
            (nodes.Test, "test", self.environment.tests),
        ):
            for node in tree.find_all(kind):
                if node.name not in names:
                    message = f"there is no {word} “{node.name}”{meant(node.name, names)}"
                    yield _finding(file, node.lineno, f"template/{word}", message, word=node.name)

    def _variables(self, family: Sequence[TemplateFile], known: Collection[str]) -> Iterator[Finding]:
        """Find variables that nobody gives, in branches that are never taken too."""
        made = {name for file in family for name in _made(self._tree(file))}
        for file in family:
            tree = self._tree(file)
            unknown = meta.find_undeclared_variables(tree) - made - {*known, *self.environment.globals}
            for name in sorted(unknown):
                line = min(node.lineno for node in tree.find_all(nodes.Name) if node.name == name)
                message = f"there is no variable “{name}”{meant(name, known)}"
                help_ = _kept_out(file, name)
                yield _finding(file, line, "template/variable", message, word=name, help=help_)

    def _ancestors(self, file: TemplateFile) -> list[TemplateFile]:
        found: list[TemplateFile] = []
        parent = self._parent(file)
        while parent and parent not in found:
            found.append(parent)
            parent = self._parent(parent)
        return found

    def _parent(self, file: TemplateFile) -> TemplateFile | None:
        parent = _extends(self._tree(file))
        name = _constant(parent.template) if parent else None
        return self.shelf.find(name) if name else None

    def _targets(self, file: TemplateFile) -> list[TemplateFile]:
        names = (name for _, name in _references(self._tree(file)) if name)
        return [target for target in map(self.shelf.find, names) if target]

    def _tree(self, file: TemplateFile) -> nodes.Template:
        """Parse *file*, once; a broken one is an empty one here."""
        if file.name not in self.trees:
            try:
                self.trees[file.name] = self._parse(file)
            except (TemplateSyntaxError, RecursionError):
                self.trees[file.name] = self.environment.parse("")
        return self.trees[file.name]

    def _parse(self, file: TemplateFile) -> nodes.Template:
        tree = self.environment.parse(file.text, file.name, file.path)
        if _deeper(tree, DEEPEST):
            raise RecursionError
        return tree


def _deeper(tree: nodes.Node, levels: int) -> bool:
    """Whether *tree* has more than *levels* levels; found without recursion."""
    level = [tree]
    while level and levels >= 0:
        level = [child for node in level for child in node.iter_child_nodes()]
        levels -= 1
    return bool(level)


def _references(tree: nodes.Template) -> Iterator[tuple[nodes.Node, str | None]]:
    """Yield what names another template, with the name; None where it would be known at run time only."""
    for node in tree.find_all(nodes.Stmt):
        if isinstance(node, nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport):
            yield node, _constant(node.template)


def _constant(expression: nodes.Expr) -> str | None:
    value = expression.value if isinstance(expression, nodes.Const) else None
    return value if isinstance(value, str) else None


def _extends(tree: nodes.Template) -> nodes.Extends | None:
    return next((node for node in tree.body if isinstance(node, nodes.Extends)), None)


def _made(tree: nodes.Template) -> Iterator[str]:
    """Yield the names that a template gives to values and macros of its own."""
    yield from (node.name for node in tree.find_all(nodes.Name) if node.ctx != "load")
    yield from (node.name for node in tree.find_all(nodes.Macro))
    yield from (node.target for node in tree.find_all(nodes.Import))


def _outermost(node: nodes.Node) -> Iterator[nodes.Block]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block):
            yield child
        else:
            yield from _outermost(child)


def _stray(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield what would be put out, and is neither blank nor inside of something that keeps it."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Output):
            yield from (each for each in child.nodes if not _blank(each))
        elif not isinstance(child, _KEEPING):
            yield from _stray(child)


def _blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.TemplateData) and not node.data.strip()


def _first_line(node: nodes.Node) -> int:
    """Return the line on which *node* has something to be seen."""
    text = node.data if isinstance(node, nodes.TemplateData) else ""
    return node.lineno + text[: len(text) - len(text.lstrip())].count("\n")


def _sentence(message: str) -> str:
    """Put Jinja's words into the form of ours: lower case at the start, no full stop."""
    return (message[:1].lower() + message[1:]).rstrip(".")


def _kept_out(file: TemplateFile, name: str) -> str:
    if name == "section" and file.plain.endswith("/system.md.j2"):
        return "the system message is the same for every section; this belongs into user.md.j2"
    return ""


def _finding(
    file: TemplateFile,
    line: int,
    rule: str,
    message: str,
    *,
    word: str = "",
    help: str = "",  # noqa: A002 - as in Finding
) -> Finding:
    """Point at *word* in its line, or at the line's start."""
    lines = file.text.splitlines()
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    column = source.find(word) + 1 if word in source and source else int(bool(line))
    width = len(word) if word and word in source else 1
    return Finding(
        rule, message, path=file.path, line=line, column=column, width=width, source=source, help=help
    )
