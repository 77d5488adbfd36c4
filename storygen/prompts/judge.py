"""What is wrong with a template, found before it is rendered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import Environment, TemplateSyntaxError, nodes

from storygen.draft import Finding
from storygen.prompts.plain import Variables
from storygen.prompts.pointing import point
from storygen.prompts.shelf import PREFIX, Shelf, TemplateFile
from storygen.prompts.trees import constant, deeper, extends, first_line, outermost, references, stray
from storygen.prompts.unknown import broken, filters, variables
from storygen.text.nearest import meant

DEEPEST = 200
"""Levels of a template's tree; Jinja and Python walk it by recursion, and give up at different depths."""

_MISPLACED = frozenset({"template/block", "template/outside"})
"""What stands in the wrong place can be read all the same."""


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

    def findings(self, file: TemplateFile, *, given: Variables) -> Iterator[Finding]:
        """Yield what is wrong with *file* and what it uses, where it is *given* these variables."""
        family = self.used(file)
        found: list[Finding] = []
        for each in family:
            unreadable = self._broken(each)
            found += [unreadable] if unreadable else self._wrong(each)
        yield from found
        if all(each.rule in _MISPLACED for each in found):
            trees = [(each, self._tree(each)) for each in family]
            yield from variables(trees, given, self.environment)

    def blocks(self, file: TemplateFile) -> tuple[str, ...]:
        """Return the names of the outermost blocks of *file*, or of what it extends, in their order."""
        base = (file, *self._ancestors(file))[-1]
        return tuple(block.name for block in outermost(self._tree(base)))

    def _wrong(self, file: TemplateFile) -> Iterator[Finding]:
        tree = self._tree(file)
        yield from self._missing(file, tree)
        yield from self._endless(file)
        if extends(tree) and file.own:  # a shipped one cannot know what an author has left in place for it
            yield from self._lost(file, tree)
        yield from filters(file, tree, self.environment)

    def _broken(self, file: TemplateFile) -> Finding | None:
        """Compile *file*; Python's own limits count as its faults too."""
        try:
            self._parse(file)
            self.environment.compile(file.text, file.name, file.path)
        except TemplateSyntaxError as error:
            if any(filters(file, self._tree(file), self.environment)):
                return None  # a filter that does not exist: told by those who know what was meant
            return broken(file, error)
        except (SyntaxError, RecursionError, MemoryError):
            return point(file, 0, "template/syntax", "it is nested too deeply")
        return None

    def _missing(self, file: TemplateFile, tree: nodes.Template) -> Iterator[Finding]:
        for node, name in references(tree):
            if name is None:
                message = "a template is named by a quoted text here"
                yield point(file, node.lineno, "template/reference", message)
            elif self.shelf.find(name) is None and not getattr(node, "ignore_missing", False):
                message = f"there is no template “{name}”{meant(name, self.shelf.names)}"
                yield point(file, node.lineno, "template/missing", message, words=[name])

    def _endless(self, file: TemplateFile) -> Iterator[Finding]:
        """Find a template that comes back to itself: most often an override without the prefix."""
        for node, name in references(self._tree(file)):
            target = self.shelf.find(name or "")
            if name and target and file in self.used(target):
                message = f"“{name}” leads back to this template"
                help_ = f"write “{PREFIX}{file.plain}” for the shipped one" if target == file else ""
                yield point(file, node.lineno, "template/endless", message, words=[name], help=help_)

    def _lost(self, file: TemplateFile, tree: nodes.Template) -> Iterator[Finding]:
        """Find blocks that the extended template does not have, and text that stands in none."""
        ancestors = self._ancestors(file)
        blocks = {block.name for each in ancestors for block in self._tree(each).find_all(nodes.Block)}
        for block in outermost(tree):
            if block.name not in blocks:
                message = f"the extended template has no block “{block.name}”{meant(block.name, blocks)}"
                help_ = f"its blocks are {', '.join(self.blocks(file))}"
                yield point(file, block.lineno, "template/block", message, words=[block.name], help=help_)
        for node in stray(tree):
            message = "text outside of blocks is lost in a template that extends another"
            yield point(file, first_line(node), "template/outside", message, help="put it into a block")

    def _ancestors(self, file: TemplateFile) -> list[TemplateFile]:
        found: list[TemplateFile] = []
        parent = self._parent(file)
        while parent and parent not in found:
            found.append(parent)
            parent = self._parent(parent)
        return found

    def _parent(self, file: TemplateFile) -> TemplateFile | None:
        parent = extends(self._tree(file))
        name = constant(parent.template) if parent else None
        return self.shelf.find(name) if name else None

    def _targets(self, file: TemplateFile) -> list[TemplateFile]:
        names = (name for _, name in references(self._tree(file)) if name)
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
        if deeper(tree, DEEPEST):
            raise RecursionError
        return tree
