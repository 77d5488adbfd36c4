"""What makes two texts different: by lines as `diff -u` shows it, or by words as `git diff --word-diff`."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher, unified_diff

CONTEXT = 3
"""Lines that are shown on each side of a change."""

_PIECE = re.compile(r"\s+|\w+|[^\w\s]")


def by_lines(old: str, new: str, *, names: tuple[str, str]) -> str:
    r"""Return the unified difference of two texts that are called *names*; nothing where they are the same.

    >>> print(by_lines("It rained.\nAll day.", "It snowed.\nAll day.", names=("1", "2")))
    --- 1
    +++ 2
    @@ -1,2 +1,2 @@
    -It rained.
    +It snowed.
     All day.
    """
    lines = unified_diff(old.split("\n"), new.split("\n"), *names, lineterm="", n=CONTEXT)
    return "\n".join(lines)


def by_words(old: str, new: str, *, names: tuple[str, str]) -> str:
    r"""Return the same with each change inside its line: `[-gone-]`, `{+new+}`.

    >>> print(by_words("It rained.\nAll day.", "It snowed.\nAll day.", names=("1", "2")))
    --- 1
    +++ 2
    @@ -1,2 +1,2 @@
    It [-rained-]{+snowed+}.
    All day.
    """
    before, after = old.split("\n"), new.split("\n")
    if before == after:
        return ""
    found = [f"--- {names[0]}", f"+++ {names[1]}"]
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT):
        (_, i, _, k, _), (_, _, j, _, m) = group[0], group[-1]
        found.append(f"@@ -{_span(i, j)} +{_span(k, m)} @@")
        for kind, first, last, start, stop in group:
            lines = ("\n".join(before[first:last]), "\n".join(after[start:stop]))
            found.append(lines[0] if kind == "equal" else _marked(*lines))
    return "\n".join(found)


def _span(first: int, last: int) -> str:
    """Return lines as a unified difference counts them."""
    size = last - first
    return f"{first + bool(size)}" if size == 1 else f"{first + bool(size)},{size}"


def _marked(old: str, new: str) -> str:
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return "".join(
        "".join(before[i:j])
        if kind == "equal"
        else _in_lines("".join(before[i:j]), "[-{}-]".format)
        + _in_lines("".join(after[k:m]), "{{+{}+}}".format)
        for kind, i, j, k, m in changes
    )


def _in_lines(text: str, mark: Callable[[str], str]) -> str:
    """Mark *text* line by line, so that no mark runs over the end of one."""
    return "\n".join(mark(line) if line else "" for line in text.split("\n"))
