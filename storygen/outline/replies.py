"""A model's reply in YAML, freed of what stands around it: fences, greetings, remarks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection

_FENCE = re.compile(
    r"^(?P<indent>[ ]{0,3})(?P<mark>`{3,}|~{3,})[^\n`]*\n(?P<text>.*?)(?:^[ ]{0,3}(?P=mark)|\Z)",
    re.DOTALL | re.MULTILINE,
)
_GOES_ON = re.compile(r"\s|$|-(?:\s|$)|[\w\"'][^\n]*?:(?:\s|$)|#|[\]}]")
"""How a line begins that still belongs to a mapping at the left edge."""


def yaml_in(reply: str, names: Collection[str]) -> str:
    r"""Return the YAML in *reply* that begins with one of the fields *names*; all of it where none does.

    >>> yaml_in("Gladly!\n\n```yaml\ntitle: A\n```\nShall I go on?", ["title"])
    'title: A\n'
    >>> yaml_in("Here it is.\ntitle: A\nscenes:\n- title: B\n\nShall I go on?", ["title"])
    'title: A\nscenes:\n- title: B\n'
    """
    first = re.compile(rf"^[ \t]*(?:-[ \t]+)?(?:{'|'.join(map(re.escape, names))})[ \t]*:", re.MULTILINE)
    fenced = (found["text"] for found in _FENCE.finditer(reply))
    text = textwrap.dedent(next((text for text in fenced if first.search(text)), reply))
    begins = first.search(text)
    return _up_to_chatter(textwrap.dedent(text[begins.start() :])) if begins else text


def _up_to_chatter(text: str) -> str:
    """Return *text* up to the first line at the left edge that no mapping has."""
    lines = text.splitlines(keepends=True)
    end = next((at for at, line in enumerate(lines) if not _GOES_ON.match(line)), len(lines))
    return "".join(lines[:end]).rstrip() + "\n"
