"""Footnotes and link references stay apart when sections come together."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_NAME = r"(?:[^\[\]\\]|\\.){1,999}"
_DEFINED = re.compile(rf"^[ \t>]*\[({_NAME})\]:", re.MULTILINE | re.DOTALL)
_USED = re.compile(
    r"(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"  # a code span
    r"|\\."  # something escaped
    rf"|\[(?P<label>{_NAME})\](?P<collapsed>\[\])?",
    re.DOTALL,
)


def defined(prose: str) -> list[str]:
    r"""Return the labels of the footnotes and links that *prose*, which holds no code, defines.

    >>> defined("Rope[^1] and [chart].\n\n[^1]: Hemp.\n[Chart]: https://example.org\n")
    ['^1', 'chart']
    """
    return [_one_spelling(label) for label in _DEFINED.findall(prose)]


def renames(labels: Collection[str], *, taken: Collection[str], prefix: str) -> dict[str, str]:
    """Return new names for those of *labels* that are *taken*: theirs behind *prefix*.

    >>> renames(["^1", "chart"], taken={"^1"}, prefix="the-boat")
    {'^1': '^the-boat-1'}
    """
    found: dict[str, str] = {}
    for label in labels:
        if label in taken:
            mark, name = ("^", label[1:]) if label.startswith("^") else ("", label)
            fresh = f"{mark}{prefix}-{name}"
            while fresh in taken or fresh in labels:
                fresh += "-2"
            found[label] = fresh
    return found


def rename(prose: str, names: Mapping[str, str]) -> str:
    r"""Give the footnotes and links of *prose* their new *names*, where they are defined and used.

    Code spans and the words of a link stay as they are.

    >>> print(rename("Rope[^1], [map] and `[^1]`.\n\n[^1]: Hemp.", {"^1": "^boat-1", "map": "boat-map"}))
    Rope[^boat-1], [map][boat-map] and `[^1]`.
    <BLANKLINE>
    [^boat-1]: Hemp.
    """
    return _USED.sub(lambda found: _renamed(found, names), prose) if names else prose


def _renamed(found: re.Match[str], names: Mapping[str, str]) -> str:
    """Return what *found* becomes: a definition, a footnote's mark, or a link in its three spellings."""
    name = names.get(_one_spelling(found["label"] or ""))
    if name is None:
        return found[0]
    before = found.string[max(0, found.start() - 2) : found.start()]
    behind = found.string[found.end() : found.end() + 1]
    is_label = before.endswith("]") and before != "\\]"
    if name.startswith("^") or is_label or (behind == ":" and _at_line_start(found)):
        return f"[{name}]"
    if behind in {"(", "["} and not found["collapsed"]:  # the words of a link that leads elsewhere
        return found[0]
    return f"[{found['label']}][{name}]"


def _at_line_start(found: re.Match[str]) -> bool:
    line = found.string.rfind("\n", 0, found.start()) + 1
    return not found.string[line : found.start()].strip(" \t>")


def _one_spelling(label: str) -> str:
    """Return *label* as it is compared: in one case, with single blanks."""
    return " ".join(label.casefold().split())
