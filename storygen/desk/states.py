"""What there is of every section: nothing, a part, a draft, an edited draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from storygen.book.drafts import StoredDraft, read_drafts, read_partials
from storygen.book.folder import Book
from storygen.book.frontmatter import split_front_matter
from storygen.book.record import Record, Written, hash_text, read_record
from storygen.draft import DraftStatus
from storygen.errors import UsageError
from storygen.files.inside import read_inside
from storygen.outline.tree import Outline, PlanStatus, Section

LARGEST_FILE = 2 << 20
"""Bytes of a text that somebody wrote by hand."""


class State(StrEnum):
    """What a section is, as far as the disk knows."""

    TODO = "todo"
    MISSING = "missing"
    INCOMPLETE = "incomplete"
    REHEARSED = "rehearsed"
    DRAFT = "draft"
    EDITED = "edited"
    FINAL = "final"


_FARTHEST_FIRST = tuple(State)


@dataclass(frozen=True, slots=True)
class Standing:
    """A section, its state, and the text it has, whole or not; `front` is what stands above one in a file."""

    section: Section
    state: State
    text: str = ""
    stored: StoredDraft | None = None
    front: str = ""

    @property
    def whole(self) -> bool:
        """Whether others may follow it: a text is there, or none is wanted."""
        return self.state not in {State.MISSING, State.INCOMPLETE}

    @property
    def unwritten(self) -> Standing:
        """The same section, as if nobody had written it yet."""
        return replace(self, state=State.MISSING, text="")


def refuse_fixed(standing: Standing) -> None:
    """Raise UsageError for a section whose text nothing may take the place of."""
    section = standing.section
    if section.file:
        raise UsageError(f"{section.id} is a text of your own, and stays as it is", f"change {section.file}")
    if standing.state is State.FINAL:
        raise UsageError(f"{section.id} is final, and stays as it is", "take `status: final` off it first")


@dataclass(frozen=True, slots=True)
class Shelved:
    """All that lies in a book: drafts and partial drafts by id, and the record of what storygen wrote."""

    drafts: Mapping[str, StoredDraft]
    partials: Mapping[str, StoredDraft]
    record: Record


def read_book(book: Book) -> Shelved:
    """Read the drafts and the record of *book*; raises FileError where one cannot be read."""
    record = read_record(book) or Record(book.outline_name)
    return Shelved(read_drafts(book), read_partials(book), record)


def standings(outline: Outline, shelved: Shelved) -> tuple[Standing, ...]:
    """Return how every section of *outline* stands, in reading order."""
    return tuple(_standing(outline, section, shelved) for section in outline.sections)


def _standing(outline: Outline, section: Section, shelved: Shelved) -> Standing:
    if section.file:
        parts = split_front_matter(read_inside(outline.path.parent, section.file, limit=LARGEST_FILE))
        return Standing(section, State.FINAL, parts.prose.strip("\n"), front=parts.head)
    if stored := shelved.drafts.get(section.id):
        return Standing(
            section, _state(section, stored, shelved.record.sections.get(section.id)), stored.text, stored
        )
    if section.status is PlanStatus.TODO:
        return Standing(section, State.TODO)
    if partial := shelved.partials.get(section.id):
        return Standing(section, State.INCOMPLETE, partial.text, partial)
    return Standing(section, State.MISSING)


def _state(section: Section, stored: StoredDraft, written: Written | None) -> State:
    if stored.status is DraftStatus.INCOMPLETE:
        return State.INCOMPLETE
    if stored.status is DraftStatus.FINAL or section.status is PlanStatus.FINAL:
        return State.FINAL
    if written is None or written.text != hash_text(stored.text):
        return State.EDITED
    return State.REHEARSED if written.rehearsed else State.DRAFT


def state_of_all(now: Iterable[Standing]) -> State:
    """Return how a book stands: as the section that is farthest from done, of those that are wanted."""
    return min(
        (each.state for each in now if each.state is not State.TODO),
        key=_FARTHEST_FIRST.index,
        default=State.TODO,
    )


def how_far(now: Iterable[Standing]) -> str:
    """Return how much of a book is written *now*, in words."""
    wanted = [each for each in now if each.section.asked]
    return f"{sum(each.whole for each in wanted):,} of {len(wanted):,} sections are written"
