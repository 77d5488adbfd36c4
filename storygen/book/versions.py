"""Every text that a section has had: one numbered file each, never changed and never renumbered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from storygen.book.folder import Book
from storygen.book.frontmatter import plain_prose, split_front_matter
from storygen.book.record import Written, hash_text, parse_written, spell_written
from storygen.errors import FileError
from storygen.files.inside import inside, read_inside
from storygen.files.save import save
from storygen.files.trouble import why

_LIMIT = 16 * 2**20
_NAME = re.compile(r"([0-9]{4,})\.md")
_FIELD = re.compile(r"^([a-z]+): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a section; `number` counts from 1, `at` is when, in seconds since 1970.

    `model` wrote it, a person where that is empty; `rehearsed` tells the built-in model. `written` is what
    the record said of the section while it had this text: with it a text comes back as it was, edited or
    fresh or neither.
    """

    number: int
    text: str
    at: float
    model: str = ""
    rehearsed: bool = False
    written: Written | None = None


def add(known: Iterable[Version], version: Version) -> tuple[Version, ...]:
    """Put *version* behind all *known* ones under the next number; a text that is there stays what it is.

    >>> first = add((), Version(0, "It rained.", 0.0))
    >>> [each.number for each in add(first, Version(0, "It snowed.", 1.0))]
    [1, 2]
    >>> add(first, Version(0, "It rained.", 1.0)) == first
    True
    """
    known = tuple(known)
    if hash_text(version.text) in {hash_text(each.text) for each in known}:
        return known
    number = max((each.number for each in known), default=0) + 1
    return (*known, replace(version, number=number, text=plain_prose(version.text)))


def read_versions(book: Book, section: str) -> tuple[Version, ...]:
    """Return the stored versions of *section*, an id, oldest first.

    Raises FileError for one that cannot be read or makes no sense.
    """
    try:
        names = [path.name for path in inside(book.root, _folder(section)).iterdir()]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise FileError(f"the versions of {section} cannot be read: {why(error)}") from error
    numbers = sorted(int(match[1]) for name in names if (match := _NAME.fullmatch(name)))
    return tuple(_read(book, section, number) for number in numbers)


def store_versions(book: Book, section: str, versions: Iterable[Version]) -> None:
    """Write those *versions* of *section* that have no file yet; the caller holds the book's lock.

    Raises FileError where one cannot be written.
    """
    for version in versions:
        path = inside(book.root, _name(section, version.number))
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"{path.parent} cannot be made: {why(error)}") from error
        if not path.exists():
            save(path, _format(version))


def _folder(section: str) -> str:
    return f".storygen/versions/{section}"


def _name(section: str, number: int) -> str:
    return f"{_folder(section)}/{number:04}.md"


def _format(version: Version) -> str:
    head = {
        "at": version.at,
        "model": version.model,
        "rehearsed": version.rehearsed,
        "written": version.written and spell_written(version.written),
    }
    lines = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in head.items())
    return f"---\n{lines}---\n\n{version.text}\n"


def _read(book: Book, section: str, number: int) -> Version:
    name = _name(section, number)
    parts = split_front_matter(read_inside(book.root, name, limit=_LIMIT))
    try:
        head: dict[str, Any] = {field[1]: json.loads(field[2]) for field in _FIELD.finditer(parts.head)}
        return Version(
            number=number,
            text=plain_prose(parts.prose),
            at=float(head["at"]),
            model=str(head["model"]),
            rehearsed=bool(head["rehearsed"]),
            written=parse_written(head["written"]) if head["written"] else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(
            f"{name} is damaged: {error}", "move it away: the other versions and the draft stay"
        ) from error
