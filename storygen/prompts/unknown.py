"""Words of a template that mean nothing: tags, filters, tests, variables and fields that there are not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from storygen.draft import Finding
from storygen.prompts.plain import Plain, Variables
from storygen.prompts.pointing import point
from storygen.prompts.shelf import TemplateFile
from storygen.prompts.steps import STEPS
from storygen.prompts.trees import chain, made
from storygen.text.nearest import meant

TAGS = (
    *("block", "call", "extends", "filter", "for", "from", "if", "import", "include", "macro", "print"),
    *("raw", "set", "with"),
)
"""What a statement may begin with."""

_OPEN = "story"
"""The field whose own fields are the author's: only the section that is rendered knows them."""

_UNKNOWN_TAG = re.compile(r"Encountered unknown tag '(?P<tag>\w+)'")
_CLOSING = re.compile(r"end\w+|el(if|se)")


def broken(file: TemplateFile, error: TemplateSyntaxError) -> Finding:
    """Return what Jinja's *error* says, and what the tags are where it is about one that is none."""
    said = error.message or "broken"
    unknown = _UNKNOWN_TAG.match(said)
    if unknown is None or _CLOSING.fullmatch(unknown["tag"]):
        words = re.findall(r"'(.+?)'", said)
        return point(file, error.lineno, "template/syntax", _sentence(said), words=words)
    tag = unknown["tag"]
    message, help_ = f"there is no tag “{tag}”{meant(tag, TAGS)}", _list("tags", TAGS)
    return point(file, error.lineno, "template/tag", message, words=[tag], help=help_)


def filters(file: TemplateFile, tree: nodes.Template, environment: Environment) -> Iterator[Finding]:
    """Yield the filters and tests of *tree* that there are not."""
    for kind, word, names in (
        (nodes.Filter, "filter", environment.filters),
        (nodes.Test, "test", environment.tests),
    ):
        for node in tree.find_all(kind):
            if node.name not in names:
                message = f"there is no {word} “{node.name}”{meant(node.name, names)}"
                help_ = _list(f"{word}s", (name for name in names if name[:1].isalpha()))
                yield point(
                    file, node.lineno, f"template/{word}", message, words=[node.name.strip()], help=help_
                )


def variables(
    family: Sequence[tuple[TemplateFile, nodes.Template]], given: Variables, environment: Environment
) -> Iterator[Finding]:
    """Yield the variables that nobody gives, and the fields that these do not have, in every branch.

    *family* is a template and all that it uses: what one of them makes, the others know.
    """
    own = {name for _, tree in family for name in made(tree)}
    known = {name: value for name, value in given.items() if name not in own}
    for file, tree in family:
        unknown = meta.find_undeclared_variables(tree) - own - {*given, *environment.globals}
        for name in sorted(unknown):
            line = min(node.lineno for node in tree.find_all(nodes.Name) if node.name == name)
            message = f"there is no variable “{name}”{meant(name, given)}"
            yield point(file, line, "template/variable", message, words=[name], help=_kept_out(file, name))
        yield from _fields(file, tree, known)


def _fields(file: TemplateFile, tree: nodes.Template, known: Variables) -> Iterator[Finding]:
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        *before, name = chain(node) or ("",)
        table = _reached(known, before) if before and before[-1] != _OPEN else None
        if isinstance(table, dict) and name not in table and not hasattr(table, name):
            message = f"there is no field “{name}” here{meant(name, table)}"
            yield point(file, node.lineno, "template/field", message, words=[f".{name}", name])


def _reached(known: Variables, names: Sequence[str]) -> Plain | Variables | None:
    """Return the value that *names* lead to, from a variable on; None where they lead nowhere."""
    value: Plain | Variables | None = known
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _kept_out(file: TemplateFile, name: str) -> str:
    if name == "section" and file.plain.endswith("/system.md.j2"):
        return "the system message is the same for every section; this belongs into user.md.j2"
    steps = [step for step, each in STEPS.items() if name in each.own]
    return f"only {' and '.join(f'{step}/user.md.j2' for step in steps)} can say it" if steps else ""


def _list(what: str, names: Iterable[str]) -> str:
    return f"the {what} are {', '.join(sorted(names))}"


def _sentence(message: str) -> str:
    """Put Jinja's words into the form of ours: lower case at the start, no full stop."""
    return (message[:1].lower() + message[1:]).rstrip(".")
