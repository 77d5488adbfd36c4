"""Builds a book into a folder of pages, and what leads to them; sends nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from storygen.book.folder import Book
from storygen.book.frontmatter import plain_prose, split_front_matter
from storygen.book.lock import hold
from storygen.book.record import Record, hash_text, read_record, write_record
from storygen.desk.build import texts_of, tidy
from storygen.desk.project import Project
from storygen.desk.states import State, read_book, standings
from storygen.draft import Finding
from storygen.errors import FileError, UsageError
from storygen.files.inside import read_inside
from storygen.files.save import save
from storygen.manuscript.dead_links import DeadLink, dead_links
from storygen.manuscript.metadata import quoted
from storygen.manuscript.pages import Page, Toc, contents, nav_of, pages, with_nav

LARGEST = 16 << 20
"""Bytes of a page that is there already."""

_OURS = ("drafts", "codex", "templates", "style", "facts", ".storygen")
"""Folders beside an outline in which no page may lie."""


@dataclass(frozen=True, slots=True)
class BuiltPages:
    """What became of the pages: written or already so, left because somebody edited them, no pages any more.

    `waiting` are the ids of pages without a text yet, `findings` the links that lead nowhere.
    """

    folder: Path
    written: tuple[Path, ...]
    edited: tuple[Path, ...]
    strays: tuple[Path, ...]
    waiting: tuple[str, ...]
    findings: tuple[Finding, ...]
    carried: tuple[str, ...] = ()


@dataclass(slots=True)
class _Shelf:
    """The folder of the pages, and the hash of every text in it that is ours, by its path from the book."""

    book: Book
    folder: Path
    known: dict[str, str]
    written: list[Path] = field(default_factory=list)
    edited: list[Path] = field(default_factory=list)

    @property
    def has_summary(self) -> bool:
        """Whether the pages are for mdBook, which shows front matter as if it were text."""
        return _name(self.book, self.folder / "SUMMARY.md") in self.known

    def lay(self, path: Path, text: str, *, own: str, was: str) -> bool:
        """Write *text* to *path*, unless what is our *own* in it *was* changed there by somebody."""
        name = _name(self.book, path)
        if was and hash_text(was) not in {self.known.get(name, ""), hash_text(own)}:
            self.edited.append(path)
            return False
        save(path, text)
        self.known[name] = hash_text(own)
        self.written.append(path)
        return True


def build_pages(project: Project, folder: Path, *, toc: Toc | None = None) -> BuiltPages:
    """Write the book as pages into *folder*, and the *toc* that leads to them where one is wanted.

    Edits in the manuscript go back into the drafts first. A page keeps its own front matter; one whose text a
    person has changed is left as it is, and so is a table of contents. Raises UsageError for a folder that
    holds something else of the book, FileError for what cannot be written.
    """
    _refuse(project, folder)
    project.book.prepare()
    with hold(project.book):
        carried = tidy(project)
        _make(folder)
        found = _pages(project, toc)
        record = read_record(project.book) or Record(project.book.outline_name)
        shelf = _Shelf(project.book, folder, dict(record.pages))
        bare = toc is Toc.MDBOOK or (toc is None and shelf.has_summary)
        for page in found:
            if page.text:
                _lay(shelf, page, head="" if bare else page.head)
        if toc is not None:
            _lay_toc(shelf, project, found, toc)
        write_record(project.book, replace(record, pages=shelf.known))
    return BuiltPages(
        folder,
        tuple(shelf.written),
        tuple(shelf.edited),
        tuple(_strays(shelf, found)),
        tuple(page.id for page in found if not page.text),
        tuple(_findings(shelf, found)),
        carried,
    )


def _pages(project: Project, toc: Toc | None) -> tuple[Page, ...]:
    now = standings(project.outline, read_book(project.book))
    return pages(
        project.outline,
        texts_of(now),
        scene_break=project.settings.scene_break,
        rehearsed={each.section.id for each in now if each.state is State.REHEARSED},
        toc=toc,
        fronts={each.section.id: each.front for each in now if each.front},
    )


def _lay(shelf: _Shelf, page: Page, *, head: str) -> None:
    """Write *page* under *head*, or under the front matter that its writer has given or left it."""
    path = shelf.folder / page.name
    there = split_front_matter(_text(shelf.folder, page.name))
    mark = f"{_name(shelf.book, path)}#front-matter"
    ours = not path.exists() or shelf.known.get(mark) == hash_text(there.head)
    above = head if ours else there.head
    text = f"{above}\n{page.text}" if above else page.text
    if shelf.lay(path, text, own=page.text, was=plain_prose(there.prose)) and ours:
        shelf.known[mark] = hash_text(head)


def _lay_toc(shelf: _Shelf, project: Project, found: tuple[Page, ...], toc: Toc) -> None:
    text = contents(found, toc)
    if toc is Toc.MDBOOK:
        shelf.lay(shelf.folder / "SUMMARY.md", text, own=text, was=_text(shelf.folder, "SUMMARY.md"))
        return
    home = shelf.folder.absolute().parent
    config = _text(home, "mkdocs.yml") or _config(project, shelf.folder)
    shelf.lay(home / "mkdocs.yml", with_nav(config, text), own=text, was=nav_of(config))


def _config(project: Project, folder: Path) -> str:
    """Return the first lines of a mkdocs.yml that is not there yet."""
    return f"site_name: {quoted(project.outline.title)}\ndocs_dir: {quoted(folder.absolute().name)}\n"


def _strays(shelf: _Shelf, found: tuple[Page, ...]) -> Iterator[Path]:
    """Yield the pages in the folder that were built once and are none any more."""
    names = {_name(shelf.book, shelf.folder / page.name) for page in found}
    for name in shelf.known.keys() - names:
        path = shelf.book.root / name
        if (
            path.suffix == ".md"
            and path.name != "SUMMARY.md"
            and path.parent.resolve() == shelf.folder.resolve()
        ):
            yield from [path] if path.exists() else []


def _findings(shelf: _Shelf, found: tuple[Page, ...]) -> Iterator[Finding]:
    """Yield the links that lead nowhere, also on those pages that stayed as somebody has changed them."""
    edited = {path.name for path in shelf.edited}
    laid = tuple(_as_it_lies(shelf, page) if page.name in edited else page for page in found)
    for dead in dead_links(laid, there=lambda name: (shelf.folder / name).exists()):
        yield _finding(shelf.folder, dead)


def _as_it_lies(shelf: _Shelf, page: Page) -> Page:
    return replace(page, text=split_front_matter(_text(shelf.folder, page.name)).prose)


def _finding(folder: Path, dead: DeadLink) -> Finding:
    """Say where on the page a link leads nowhere."""
    source = dead.page.text.split("\n")[dead.link.line - 1]
    above = _text(folder, dead.page.name).partition(dead.page.text)[0].count("\n")
    return Finding(
        rule="pages/dead-link",
        message=f"`{dead.link.target}` leads nowhere: {dead.why}",
        path=str(folder / dead.page.name),
        line=dead.link.line + above,
        column=dead.link.column,
        width=len(dead.link.target),
        source=source,
        under=f"did you mean `{dead.meant}`?" if dead.meant else "",
        help="mend it in the draft, or in the file that the outline names",
    )


def _text(folder: Path, name: str) -> str:
    return read_inside(folder, name, limit=LARGEST) if (folder / name).exists() else ""


def _refuse(project: Project, folder: Path) -> None:
    """Raise UsageError where pages would lie among what is not theirs."""
    place = folder.resolve()
    for home in {project.outline.path.parent.resolve(), project.book.root.resolve()}:
        taken = [home, *(home / name for name in _OURS)]
        if any(place == each or (each != home and place.is_relative_to(each)) for each in taken):
            raise UsageError(
                f"{folder} holds something else of the book", "give the pages a folder of their own"
            )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder} cannot be made: {error.strerror}", "name another folder") from error


def _name(book: Book, path: Path) -> str:
    """Return how the record calls the file *path*: as seen from the book."""
    try:
        return Path(os.path.relpath(path, book.root)).as_posix()
    except ValueError:  # on Windows there is no way from one drive to another
        return path.absolute().as_posix()
