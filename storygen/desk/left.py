"""What earlier runs left of a section that is not finished: from there the next one goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from storygen.book.drafts import StoredDraft
from storygen.book.folder import Book
from storygen.book.orders import Verb, read_order
from storygen.book.record import Written, hash_text
from storygen.book.view import JournalView
from storygen.outline.tree import Outline, Section
from storygen.writer.reasons import Sitting
from storygen.writer.section import join


@dataclass(frozen=True, slots=True)
class Begin:
    """Where a version of a section begins: attempts up to `after` belong to others, `text` is gone on from.

    `written` is what the record says of that text: a person's words in it stay theirs.
    """

    after: int = 0
    text: str = ""
    written: Written | None = None


def begin_of(book: Book, journal: JournalView, id_: str) -> Begin:
    """Return where the version of the section *id_* begins that is asked for now, or was at last."""
    order = read_order(book, id_)
    goes_on = order is not None and order.open and order.verb is Verb.CONTINUE
    return Begin(journal.last_attempt(id_) if goes_on else order.after if order else 0)


def left_of(
    section: Section,
    journal: JournalView,
    *,
    outline: Outline,
    begin: Begin,
    rehearsed: bool,
    unended: bool = False,
) -> Sitting:
    """Put together what *journal* holds of an unfinished *section* of *outline* since *begin*.

    With *unended* what is still coming in counts too, or would be if its run had not been killed.
    """
    whole = journal.generated(section.id, rehearsed=rehearsed)
    part = journal.generated_partial(section.id, rehearsed=rehearsed)
    sitting = Sitting(begin.text)
    if part and part.attempt > begin.after:
        sitting = Sitting(part.draft.text, part.draft.legs, part.draft.flags)
    sitting = replace(sitting, firm=len(begin.text))
    since = max([begin.after, *(kept.attempt for kept in (whole, part) if kept)])
    for leg in journal.legs(section.id, after=since, rehearsed=rehearsed, unended=unended):
        sitting = join(sitting, leg, section=section, kind=outline.kind)
    return sitting


def ours(journal: JournalView, id_: str) -> set[str]:
    """Return the hashes of what storygen itself last left of the section *id_*, real or rehearsed."""
    parts = (journal.generated_partial(id_, rehearsed=kind) for kind in (True, False))
    return {hash_text(part.draft.text) for part in parts if part}


def edit_of(partials: Mapping[str, StoredDraft], journal: JournalView, id_: str) -> str:
    """Return the text that the author made of a part of the section *id_*; nothing where it is as it was."""
    stored = partials.get(id_)
    edited = stored and stored.text.strip() and hash_text(stored.text) not in ours(journal, id_)
    return stored.text if stored and edited else ""
