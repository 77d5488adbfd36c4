"""The few lines above a draft's prose: two of them are storygen's, the rest stays as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"---[ \t]*\r?\n((?:(?!---[ \t]*(?:\r?\n|\Z)).*\n)*)---[ \t]*(?:\r?\n|\Z)")
_FIELD = re.compile(r"^(id|status)[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_QUOTED = re.compile(r"""(["'])(.*?)\1[ \t]*(?:#.*)?""")
_LINE_END = re.compile(r"\r\n?")
_COMMENT = re.compile(r"(?:^|[ \t]+)#.*")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A draft cut in two: its front matter, fences included and byte for byte, and the prose."""

    head: str
    prose: str

    @property
    def id(self) -> str:
        """The section's id; nothing where none is given."""
        return field_in(self.head, "id")

    @property
    def status(self) -> str:
        """The word behind `status`; nothing where none is given."""
        return field_in(self.head, "status")


def field_in(text: str, name: str) -> str:
    r"""Return the word behind *name*, `id` or `status`, on a line of *text*; nothing where there is none.

    >>> field_in("status: draft\nid: 'boat'  # the first\n", "id")
    'boat'
    """
    found = (match[2] for match in _FIELD.finditer(text) if match[1] == name)
    return _plain(next(found, ""))


def split_front_matter(text: str) -> FrontMatter:
    r"""Cut *text* behind its front matter; text without one is all prose.

    >>> split_front_matter("---\nid: boat\nstatus: draft\n---\n\nIt rained.\n")
    FrontMatter(head='---\nid: boat\nstatus: draft\n---\n', prose='\nIt rained.\n')
    """
    match = _BLOCK.match(text)
    end = match.end() if match else 0
    return FrontMatter(text[:end], text[end:])


def join_front_matter(head: str, *, id: str, status: str, prose: str) -> str:  # noqa: A002 - the field's name
    r"""Put *prose* under *head*, with the two lines that are storygen's set and every other as it is.

    >>> join_front_matter("", id="boat", status="draft", prose="It rained.")
    '---\nid: boat\nstatus: draft\n---\n\nIt rained.\n'
    >>> join_front_matter("---\ntags: [sea]\nid: boat\n---\n", id="boat", status="final", prose="It rained.")
    '---\nstatus: final\ntags: [sea]\nid: boat\n---\n\nIt rained.\n'
    """
    end = "\r\n" if "\r\n" in head else "\n"
    head = head if split_front_matter(head).head else f"---{end}---{end}"
    for name, value in (("status", status), ("id", id)):
        head = _set(head, name=name, value=value, end=end)
    body = plain_prose(prose).replace("\n", end)
    head = head if head.endswith("\n") else head + end
    return f"{head}{end}{body}{end}"


def plain_prose(text: str) -> str:
    r"""Return *text* with plain line ends and no empty lines before or after it.

    >>> plain_prose("\n  It rained.\r\n\r\nAll day.\n\n")
    '  It rained.\n\nAll day.'
    """
    return _LINE_END.sub("\n", text).strip("\n")


def first_line(parts: FrontMatter) -> int:
    r"""Return the line, counted from 1, on which the prose of *parts* begins, empty lines before it left out.

    >>> first_line(split_front_matter("---\nid: boat\n---\n\nIt rained.\n"))
    5
    """
    prose = _LINE_END.sub("\n", parts.prose)
    return 1 + parts.head.count("\n") + len(prose) - len(prose.lstrip("\n"))


def _set(head: str, *, name: str, value: str, end: str) -> str:
    """Change the first line called *name*, or put one on top."""
    for match in _FIELD.finditer(head):
        if match[1] == name:
            return (
                head if _plain(match[2]) == value else head[: match.start(2)] + value + head[match.end(2) :]
            )
    first = head.index("\n") + 1
    return f"{head[:first]}{name}: {value}{end}{head[first:]}"


def _plain(value: str) -> str:
    """Return what YAML would read of a short word: without quotes, without a comment."""
    quoted = _QUOTED.fullmatch(value)
    return quoted[2] if quoted else _COMMENT.sub("", value)
