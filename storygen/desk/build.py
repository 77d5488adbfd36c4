"""Compiles the manuscript from what is written, and takes back what was edited in it; sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from storygen import __version__
from storygen.book.drafts import keep, renumber
from storygen.book.facts import renumber_facts
from storygen.book.folder import Book
from storygen.book.frontmatter import plain_prose
from storygen.book.lock import hold
from storygen.book.record import Record, hash_text, read_record, write_record
from storygen.crash_points import CrashPoint
from storygen.desk.project import Project
from storygen.desk.retitled import refuse_retitled
from storygen.desk.states import Shelved, Standing, State, read_book, standings
from storygen.draft import Draft
from storygen.errors import StorygenError
from storygen.files.inside import read_inside
from storygen.files.save import save
from storygen.manuscript.assemble import assemble
from storygen.manuscript.carry import Clash, carry
from storygen.outline.tree import Section
from storygen.writer.events import Noted, Tell

LARGEST = 64 << 20
"""Bytes of a manuscript."""

_FORGOTTEN = "its draft may have changed too: what was compiled last is not known any more"
_WRITTEN = {State.REHEARSED, State.DRAFT, State.EDITED, State.FINAL}


class ManuscriptEdited(StorygenError):
    """The manuscript was changed by hand in a way that cannot go back into the drafts by itself.

    `clashes` holds every such change, beside what would be compiled.
    """

    def __init__(self, manuscript: Path, clashes: tuple[Clash, ...]) -> None:
        """Say which changes those are."""
        super().__init__(
            f"{manuscript} was changed by hand, and not all of it can go back into the drafts; "
            "it is left as it is",
            f"make both say the same, or delete {manuscript.name} to compile the drafts as they are",
            notes=tuple(f"{clash.section or 'between the sections'}: {clash.why}" for clash in clashes),
        )
        self.clashes = clashes


@dataclass(frozen=True, slots=True)
class Built:
    """A compiled manuscript: its text, how every section stood, and the file it was written to, if it was.

    `carried` holds the ids of the sections whose edits went from the manuscript back into their drafts.
    """

    text: str
    standings: tuple[Standing, ...]
    path: Path | None = None
    carried: tuple[str, ...] = ()


def compiled(project: Project, *, clean: bool = False) -> Built:
    """Compile the book as it is on the disk and return it; *clean* leaves out the invisible comments."""
    now = standings(project.outline, read_book(project.book))
    return Built(_assembled(project, now, texts_of(now), clean=clean), now)


def build(project: Project, *, clean: bool = False) -> Built:
    """Compile the book into its manuscript.md, as `compile_book` does, while nobody else writes to it.

    Raises OutlineError where a changed title would leave a text behind.
    """
    project.book.prepare()
    with hold(project.book):
        refuse_retitled(project.outline, read_book(project.book))
        return compile_book(project, clean=clean)


def compile_book(project: Project, *, clean: bool = False) -> Built:
    """Compile the book, whose lock the caller holds, into its manuscript.md.

    Raises ManuscriptEdited, and leaves everything alone, where edits in the manuscript cannot go back.
    """
    carried = tidy(project)
    built = compiled(project, clean=clean)
    book = project.book
    save(book.last_compiled, built.text)  # first: whatever happens next, this text is known as our own
    project.reached(CrashPoint.BEFORE_MANUSCRIPT)
    save(book.manuscript, built.text)
    project.reached(CrashPoint.AFTER_MANUSCRIPT)
    record = read_record(book) or Record(book.outline_name)
    parts = "" if clean else _parts(project, built.standings)
    write_record(book, replace(record, manuscript=hash_text(built.text), parts=parts))
    return replace(built, path=book.manuscript, carried=carried)


def is_compiled(project: Project, now: tuple[Standing, ...], record: Record) -> bool:
    """Say whether the manuscript is what compiling the book, as it stands *now*, would make of it again."""
    book = project.book
    return (
        record.parts == _parts(project, now)
        and book.manuscript.exists()
        and hash_text(_manuscript(book)) == record.manuscript
    )


def _parts(project: Project, now: tuple[Standing, ...]) -> str:
    """Return a hash of all that a manuscript is compiled from: outline, texts, their states, settings, us."""
    outline = replace(project.outline, path=Path())
    texts = [(standing.state.value, hash_text(standing.text)) for standing in now]
    return hash_text(repr((__version__, outline, texts, project.settings.scene_break)))


def tidy(project: Project) -> tuple[str, ...]:
    """Renumber drafts and facts in the outline's order, and carry edits of the manuscript back into them.

    Return the ids of the sections whose drafts have a new text. Raises ManuscriptEdited as `compile_book`.
    """
    book = project.book
    order = [section.id for section in project.outline.sections]
    renumber(book, order)
    renumber_facts(book, order)
    if not is_edited(project):
        return ()
    shelved = read_book(book)
    texts = _edits(project, shelved, _manuscript(book))
    by_id = {section.id: section for section in project.outline.sections}
    for id_, text in texts.items():
        _lay(project, by_id[id_], text, shelved)
    return tuple(texts)


def take_over(project: Project, tell: Tell) -> None:
    """Do what `tidy` does, and say so; edits that cannot go back are left for `build` to show."""
    try:
        carried = tidy(project)
    except ManuscriptEdited as error:
        tell(Noted(f"{error.message}; `storygen build` shows both"))
        return
    if carried:
        tell(Noted(f"edits in {project.book.manuscript} went back into the drafts of {', '.join(carried)}"))


def is_edited(project: Project) -> bool:
    """Say whether a person has changed the manuscript since it was compiled, and left something in it."""
    book, record = project.book, read_record(project.book)
    if not book.manuscript.exists():
        return False
    ours = {hash_text(_last_compiled(book)), record.manuscript if record else "", hash_text("")}
    return hash_text(_manuscript(book)) not in ours


def _edits(project: Project, shelved: Shelved, found: str) -> Mapping[str, str]:
    """Return the texts that the edited manuscript *found* wants in drafts, by id."""
    now = standings(project.outline, shelved)
    text = _assembled(project, now, texts_of(now))
    if hash_text(found) == hash_text(text):
        return {}
    known = (_last_compiled(project.book), text)
    base = next((each for each in known if hash_text(each) == shelved.record.manuscript), "")
    locked = _locked(now, shelved) if base else {standing.section.id: _FORGOTTEN for standing in now}
    carried = carry(
        found,
        base=base or text,
        texts=texts_of(now),
        compile_=lambda texts: _assembled(project, now, texts),
        locked=locked,
        scene_break=project.settings.scene_break,
    )
    if carried.clashes:
        raise ManuscriptEdited(project.book.manuscript, carried.clashes)
    return carried.texts


def _manuscript(book: Book) -> str:
    return plain_prose(read_inside(book.root, book.manuscript.name, limit=LARGEST))


def _last_compiled(book: Book) -> str:
    if not book.last_compiled.exists():
        return ""
    return plain_prose(read_inside(book.private, book.last_compiled.name, limit=LARGEST))


def _locked(now: tuple[Standing, ...], shelved: Shelved) -> dict[str, str]:
    """Say of every section that nobody but its author may write to why that is so."""
    reasons = {}
    for standing in now:
        section = standing.section
        if section.file:
            reasons[section.id] = f"its text is {section.file}, which is yours to change"
        elif standing.state is State.FINAL:
            reasons[section.id] = "it is final"
        elif section.id in shelved.drafts and standing.state not in _WRITTEN:
            reasons[section.id] = "its draft is not finished"
    return reasons


def _lay(project: Project, section: Section, text: str, shelved: Shelved) -> None:
    """Write *text* to the draft of *section*, unless that was changed since it was read."""
    stored = shelved.drafts.get(section.id)
    keep(
        project.book,
        section,
        Draft(section.id, text),
        count=len(project.outline.sections),
        stored=stored,
        replaces=hash_text(stored.text) if stored else None,
    )


def texts_of(now: tuple[Standing, ...]) -> dict[str, str]:
    """Return the texts that are compiled, by the ids of their sections."""
    return {standing.section.id: standing.text for standing in now if standing.state in _WRITTEN}


def _assembled(
    project: Project, now: tuple[Standing, ...], texts: Mapping[str, str], *, clean: bool = False
) -> str:
    return assemble(
        project.outline,
        texts,
        clean=clean,
        rehearsed=any(standing.state is State.REHEARSED for standing in now),
        scene_break=project.settings.scene_break,
    )
