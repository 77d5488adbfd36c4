"""storygen.lock: which inputs every section was written from, one section a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from storygen.book.folder import Book
from storygen.book.frontmatter import plain_prose
from storygen.errors import FileError, UsageError
from storygen.files.inside import read_inside
from storygen.files.save import save

VERSION = 1
_LIMIT = 64 * 2**20
_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_PLACE = ("beats", "follows")


@dataclass(frozen=True)
class Written:
    """What one section was written from: a hash for every input by name, and of the text that came out.

    A section is known again under a new title by its `beats`, a hash, and `follows`, the id before its own.
    """

    inputs: Mapping[str, str]
    text: str
    model: str = ""
    rehearsed: bool = False
    beats: str = ""
    follows: str = ""

    @cached_property
    def line(self) -> str:
        """It as JSON, spelled once, although the record is written again after every section."""
        return _json(spell_written(self))


@dataclass(frozen=True, slots=True)
class Digested:
    """What was summed up, and into what: hashes of the text and of the file of facts as it was written."""

    text: str
    file: str
    rehearsed: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """What storygen.lock says: the outline, as seen from the book, its sections and their digests, by id.

    `manuscript` is the hash of the manuscript as it was last compiled, `parts` that of all it was compiled
    from. `pages` has that of every page that was built, without its front matter, by its path from the book.
    """

    outline: str
    sections: Mapping[str, Written] = field(default_factory=dict)
    manuscript: str = ""
    parts: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, Digested] = field(default_factory=dict)


def hash_text(text: str) -> str:
    r"""Return the short hash of *text* that tells an edit from what an editor or git does by itself.

    Line endings, and empty lines before and after, make no difference.

    >>> hash_text("It rained.\r\n") == hash_text("It rained.")
    True
    """
    return sha256(plain_prose(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def format_record(record: Record) -> str:
    r"""Spell *record* as JSON with one section a line, sorted, so that git merges it well.

    >>> print(format_record(Record("outline.yaml", {"boat": Written({"card": "1f"}, "2e")})), end="")
    {
      "storygen": 1,
      "outline": "outline.yaml",
      "manuscript": "",
      "parts": "",
      "sections": {
        "boat": {"inputs": {"card": "1f"}, "model": "", "rehearsed": false, "text": "2e"}
      }
    }
    """
    sections = {id_: written.line for id_, written in record.sections.items()}
    digests = {id_: _json(asdict(digested)) for id_, digested in record.digests.items()}
    pages = f'  "pages": {_json(record.pages)},\n' if record.pages else ""
    return (
        f'{{\n  "storygen": {VERSION},\n  "outline": {_json(record.outline)},\n'
        f'  "manuscript": {_json(record.manuscript)},\n  "parts": {_json(record.parts)},\n{pages}'
        + (f'  "digests": {_rows(digests)},\n' if digests else "")
        + f'  "sections": {_rows(sections)}\n}}\n'
    )


def _rows(rows: Mapping[str, str]) -> str:
    """Put *rows*, spelled already, by id, one on a line."""
    lines = [f"    {_json(id_)}: {row}" for id_, row in sorted(rows.items())]
    return "{\n" + ",\n".join(lines) + "\n  }" if lines else "{}"


def parse_record(text: str) -> Record:
    """Read *text* as `format_record` spells it.

    Raises FileError where it is damaged, holds the marks of a merge, or was written by a newer storygen.
    """
    if "\n<<<<<<< " in f"\n{text}":
        raise FileError("storygen.lock holds the marks of an unfinished merge", "choose one side and save it")
    try:
        raw = json.loads(text)
        version = raw["storygen"]
        if version == VERSION:
            sections = {id_: parse_written(row) for id_, row in raw["sections"].items()}
            hashes = {name: _text(raw.get(name, "")) for name in ("manuscript", "parts")}
            pages = {name: _text(hash_) for name, hash_ in raw.get("pages", {}).items()}
            digests = {id_: _digested(row) for id_, row in raw.get("digests", {}).items()}
            return Record(_text(raw["outline"]), sections, **hashes, pages=pages, digests=digests)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(str(error) or type(error).__name__) from error
    if isinstance(version, int) and version > VERSION:
        raise FileError("storygen.lock was written by a newer storygen", "update storygen")
    raise _damaged(f"“{version}” is no version")


def read_record(book: Book) -> Record | None:
    """Return what *book*'s storygen.lock says; None where there is none.

    Raises FileError as `parse_record` does, and UsageError if it belongs to another outline.
    """
    if not book.lock_file.exists():
        return None
    record = parse_record(read_inside(book.root, book.lock_file.name, limit=_LIMIT))
    if record.outline != book.outline_name:
        raise UsageError(
            f"{book.root} is the book of {record.outline}, not of {book.outline_name}",
            "give this outline a folder of its own with --book DIR",
        )
    return record


def write_record(book: Book, record: Record) -> bool:
    """Replace *book*'s storygen.lock, and say whether that changed anything."""
    return save(book.lock_file, format_record(record))


def _damaged(why: str) -> FileError:
    return FileError(
        f"storygen.lock is damaged: {why}",
        "restore it from git, or delete it: the drafts stay, what they were written from is forgotten",
    )


def spell_written(written: Written) -> dict[str, object]:
    """Return *written* as JSON spells it."""
    return {
        "inputs": dict(written.inputs),
        "text": written.text,
        "model": written.model,
        "rehearsed": written.rehearsed,
        **{name: value for name in _PLACE if (value := getattr(written, name))},
    }


def parse_written(row: Mapping[str, Any]) -> Written:
    """Return what `spell_written` made *row* of; raises KeyError, TypeError or AttributeError."""
    inputs = {name: _text(value) for name, value in row["inputs"].items()}
    place = {name: _text(row.get(name, "")) for name in _PLACE}
    return Written(inputs, _text(row["text"]), _text(row["model"]), _bool(row["rehearsed"]), **place)


def _digested(row: Mapping[str, Any]) -> Digested:
    return Digested(_text(row["text"]), _text(row["file"]), _bool(row["rehearsed"]))


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"“{value}” is neither true nor false")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"“{value}” is no text")
    return value
