"""The drafts on disk: one file a section, found by its id, never overwritten against its author."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from itertools import count as count_from
from pathlib import Path

from storygen.book.folder import Book
from storygen.book.frontmatter import first_line, join_front_matter, plain_prose, split_front_matter
from storygen.book.record import hash_text
from storygen.draft import Draft, DraftStatus
from storygen.errors import FileError
from storygen.files.inside import read_folder, read_inside
from storygen.files.save import save
from storygen.files.trouble import why
from storygen.outline.tree import Section

DRAFT = ".md"
PARTIAL = ".partial.md"
BESIDE = ".new.md"

_LIMIT = 16 * 2**20
_NAME_BYTES = 200
_NUMBERED = re.compile(r"(\d+)-(.+?)(\.partial\.md|\.md|\.yaml)")
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft as its file says: `text` is the prose, with plain line ends and no empty lines around it.

    `head` is the front matter, byte for byte; `partial` tells kept text of an unfinished section; `line` is
    where in the file the prose begins, counted from 1.
    """

    path: Path
    id: str
    status: DraftStatus
    text: str
    partial: bool = False
    head: str = ""
    line: int = 1


def read_drafts(book: Book) -> Mapping[str, StoredDraft]:
    """Read every draft of *book*, by id; partial ones and those that stand beside another are left out.

    Raises FileError for a file that cannot be read and for two files of one id.
    """
    return _by_id(_read_all(book, (name for name in _names(book) if not name.endswith(PARTIAL))))


def read_partials(book: Book) -> Mapping[str, StoredDraft]:
    """Read every partial draft of *book*, by id.

    Raises FileError as `read_drafts` does.
    """
    return _by_id(_read_all(book, (name for name in _names(book) if name.endswith(PARTIAL))))


def draft_name(section: str, position: int, *, count: int, suffix: str = DRAFT) -> str:
    """Return the name of the file of the *section* at *position* in a book of *count* sections.

    >>> draft_name("the-boat", 1, count=12), draft_name("the-boat", 7, count=120, suffix=".partial.md")
    ('01-the-boat.md', '007-the-boat.partial.md')
    """
    width = max(2, len(str(count)))
    return f"{position:0{width}}-{_fit(section)}{suffix}"


def may_overwrite(found: StoredDraft, replaces: str | None) -> bool:
    """Decide whether storygen may write over *found*.

    *replaces* is the hash of the text that may go: what storygen last wrote there, or what a person has
    agreed to lose. An empty file may go, a final one never.
    """
    if found.status is DraftStatus.FINAL:
        return False
    return not found.text.strip() or hash_text(found.text) == replaces


def keep(
    book: Book,
    section: Section,
    draft: Draft,
    *,
    count: int,
    stored: StoredDraft | None = None,
    replaces: str | None = None,
) -> StoredDraft:
    """Write *draft* to the file of *section*, and return it as it is stored now.

    *stored* is what was read of it before, *count* how many sections the book has, *replaces* as in
    `may_overwrite`. A file whose text may not go stays, and the draft is written to `….new.md` beside it.
    Raises FileError if it cannot be written.
    """
    if stored and not stored.path.exists():  # its author renamed it during the run
        stored = read_drafts(book).get(section.id)
    name = draft_name(section.id, section.position, count=count)
    return _write(book, stored.path if stored else book.drafts / name, draft, replaces=replaces)


def keep_partial(
    book: Book,
    section: Section,
    draft: Draft,
    *,
    count: int,
    stored: StoredDraft | None = None,
    replaces: str | None = None,
) -> StoredDraft:
    """Write the unfinished *draft* to the partial file of *section*, as `keep` does."""
    if stored and not stored.path.exists():
        stored = read_partials(book).get(section.id)
    name = draft_name(section.id, section.position, count=count, suffix=PARTIAL)
    return _write(book, stored.path if stored else book.drafts / name, draft, replaces=replaces)


def drop_partial(book: Book, stored: StoredDraft) -> bool:
    """Remove the partial file *stored* and say so; if it was changed since it was read, it stays."""
    found = _read_again(book, stored.path)
    if found is None or found.text != stored.text:
        return False
    try:
        stored.path.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{stored.path} cannot be removed: {why(error)}") from error
    return True


def renumber(book: Book, order: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Rename the drafts of *book* so that their numbers follow *order*, and return old and new names.

    *order* holds the ids of all sections. Files that were renamed by hand keep their names, and no file
    ever takes the place of another. Raises FileError if a file cannot be renamed.
    """
    return rename(book.drafts, _names(book), order)


def rename(folder: Path, names: Iterable[str], order: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Do what `renamings` decides for the files in *folder* that are called *names*."""
    moves = renamings(names, order)
    for old, new in moves:
        try:
            (folder / old).rename(folder / new)
        except OSError as error:
            raise FileError(f"{folder / old} cannot be renamed: {why(error)}") from error
    return moves


def renamings(names: Iterable[str], order: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Decide which files get which new names when the sections stand in *order*.

    >>> renamings(["01-boat.md", "02-storm.md", "my storm.md"], ["storm", "boat"])
    (('01-boat.md', '02-boat.md'), ('02-storm.md', '01-storm.md'))
    """
    names = sorted(names)
    taken = {name.casefold() for name in names}
    positions = {_fit(section): position for position, section in enumerate(order, 1)}
    moves = []
    for old in names:
        match = _NUMBERED.fullmatch(old)
        position = positions.get(_fit(match[2])) if match else None
        if match is None or position is None:
            continue
        new = draft_name(match[2], position, count=len(order), suffix=match[3])
        if new.casefold() not in taken:
            moves.append((old, new))
            taken.add(new.casefold())
    return tuple(moves)


def names_in(folder: Path, suffix: str) -> list[str]:
    """Return the names in *folder* that end with *suffix* and are not hidden, sorted."""
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise FileError(f"{folder} cannot be read: {why(error)}") from error
    return sorted(name for name in names if name.endswith(suffix) and name[0] != ".")


def _names(book: Book) -> list[str]:
    """Return the names in the folder of drafts that can be drafts, sorted."""
    return [name for name in names_in(book.drafts, DRAFT) if not name.endswith(BESIDE)]


def _read_all(book: Book, names: Iterable[str]) -> Iterator[StoredDraft]:
    listed = tuple(names)
    for name, text in zip(listed, read_folder(book.root, "drafts", listed, limit=_LIMIT), strict=True):
        found = _stored(book.drafts / name, text)
        if found.id:
            yield found


def _read(book: Book, name: str) -> StoredDraft:
    return _stored(book.drafts / name, read_inside(book.root, f"drafts/{name}", limit=_LIMIT))


def _stored(path: Path, text: str) -> StoredDraft:
    """Understand *text* as what the file *path* holds; a lost id may still stand in the file's name."""
    parts = split_front_matter(text)
    numbered = _NUMBERED.fullmatch(path.name)
    partial = path.name.endswith(PARTIAL)
    return StoredDraft(
        path=path,
        id=parts.id or (numbered[2] if numbered else ""),
        status=_status(parts.status, name=path.name, partial=partial),
        text=plain_prose(parts.prose),
        partial=partial,
        head=parts.head,
        line=first_line(parts),
    )


def _status(word: str, *, name: str, partial: bool) -> DraftStatus:
    if not word:
        return DraftStatus.INCOMPLETE if partial else DraftStatus.DRAFT
    try:
        return DraftStatus(word)
    except ValueError:
        words = ", ".join(DraftStatus)
        raise FileError(f"drafts/{name}: “{word}” is no status", f"write one of {words}") from None


def _by_id(drafts: Iterable[StoredDraft]) -> dict[str, StoredDraft]:
    found: dict[str, StoredDraft] = {}
    for draft in drafts:
        other = found.setdefault(draft.id, draft)
        if other is not draft:
            raise FileError(
                f"{other.path} and {draft.path} are both the draft of “{draft.id}”",
                "keep one of them, or give the other a name that ends in .new.md",
            )
    return found


def _read_again(book: Book, path: Path) -> StoredDraft | None:
    """Return what the file *path* says now; None if it is gone."""
    return _read(book, path.name) if os.path.lexists(path) else None


def _write(book: Book, path: Path, draft: Draft, *, replaces: str | None) -> StoredDraft:
    """Write *draft* to *path*, or beside it if what stands there may not go."""
    found = _read_again(book, path)
    if found and (found.id != draft.id or not may_overwrite(found, replaces)):
        path, found = _beside(path), None
    head = found.head if found else ""
    text = join_front_matter(head, id=draft.id, status=draft.status, prose=draft.text)
    save(path, text)
    return _stored(path, text)


def _beside(path: Path) -> Path:
    """Return a name beside *path* that no file has yet."""
    stem = path.name.removesuffix(DRAFT)
    names = chain([f"{stem}{BESIDE}"], (f"{stem}-{number}{BESIDE}" for number in count_from(2)))
    return next(path.with_name(name) for name in names if not os.path.lexists(path.with_name(name)))


def _fit(section: str) -> str:
    """Return *section* as part of a file's name: nothing that a file system forbids, and not too long."""
    plain = _UNFIT.sub("-", unicodedata.normalize("NFC", section))
    return plain.encode("utf-8", "ignore")[:_NAME_BYTES].decode("utf-8", "ignore").strip(" .") or "section"
