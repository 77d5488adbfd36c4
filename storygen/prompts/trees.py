"""What Jinja makes of a template's text: its tree, asked the questions that a judge has."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

_KEEPING = (nodes.Block, nodes.Macro, nodes.AssignBlock)
"""What holds text that is not lost in a template that extends another."""


def deeper(tree: nodes.Node, levels: int) -> bool:
    """Whether *tree* has more than *levels* levels; found without recursion."""
    level = [tree]
    while level and levels >= 0:
        level = [child for node in level for child in node.iter_child_nodes()]
        levels -= 1
    return bool(level)


def references(tree: nodes.Template) -> Iterator[tuple[nodes.Node, str | None]]:
    """Yield what names another template, with the name; None where it would be known at run time only."""
    for node in tree.find_all(nodes.Stmt):
        if isinstance(node, nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport):
            yield node, constant(node.template)


def constant(expression: nodes.Expr) -> str | None:
    """Return the text that *expression* is, if it is a quoted one."""
    value = expression.value if isinstance(expression, nodes.Const) else None
    return value if isinstance(value, str) else None


def extends(tree: nodes.Template) -> nodes.Extends | None:
    """Return what says that *tree* extends another template."""
    return next((node for node in tree.body if isinstance(node, nodes.Extends)), None)


def made(tree: nodes.Template) -> Iterator[str]:
    """Yield the names that a template gives to values and macros of its own."""
    yield from (node.name for node in tree.find_all(nodes.Name) if node.ctx != "load")
    yield from (node.name for node in tree.find_all(nodes.Macro))
    yield from (node.target for node in tree.find_all(nodes.Import))


def chain(node: nodes.Node) -> tuple[str, ...]:
    """Return the names of `a.b["c"]` from the variable on; nothing for any other expression."""
    match node:
        case nodes.Name(name=str(name)):
            return (name,)
        case (
            nodes.Getattr(node=inner, attr=str(name))
            | nodes.Getitem(node=inner, arg=nodes.Const(value=str(name)))
        ):
            before = chain(inner)
            return (*before, name) if before else ()
        case _:
            return ()


def outermost(node: nodes.Node) -> Iterator[nodes.Block]:
    """Yield the blocks of *node* that lie in no other block."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block):
            yield child
        else:
            yield from outermost(child)


def stray(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield what would be put out, and is neither blank nor inside of something that keeps it."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Output):
            yield from (each for each in child.nodes if not _blank(each))
        elif not isinstance(child, _KEEPING):
            yield from stray(child)


def first_line(node: nodes.Node) -> int:
    """Return the line on which *node* has something to be seen."""
    text = node.data if isinstance(node, nodes.TemplateData) else ""
    return node.lineno + text[: len(text) - len(text.lstrip())].count("\n")


def _blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.TemplateData) and not node.data.strip()
