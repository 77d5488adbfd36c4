"""What texts a section has had: those in version files, in the journal, and the one on the disk."""

from __future__ import annotations

from dataclasses import replace

from storygen.book.attempts import Kept
from storygen.book.drafts import StoredDraft
from storygen.book.folder import Book
from storygen.book.record import Written, hash_text
from storygen.book.versions import Version, add, read_versions
from storygen.book.view import JournalView


def history(
    book: Book, journal: JournalView, section: str, *, stored: StoredDraft | None, written: Written | None
) -> tuple[Version, ...]:
    """Return all versions of *section*, an id, oldest first; those without a file have their number to be.

    *stored* is the draft on the disk, *written* what the record says of the section.
    """
    texts = [_generated(kept, journal) for kept in journal.versions(section)]
    if stored:
        texts.append(_laid(stored, written))
    now = hash_text(stored.text) if stored else ""
    known = read_versions(book, section)
    for version in sorted(texts, key=lambda each: each.at):
        on_record = written is not None and hash_text(version.text) in {now, written.text}
        known = add(known, replace(version, written=written) if on_record else version)
    return known


def _laid(stored: StoredDraft, written: Written | None) -> Version:
    """Return the draft on the disk as a version: a model's, if it is what was *written*."""
    if written is None or written.text != hash_text(stored.text):
        return on_disk(stored, model="")
    return replace(on_disk(stored, model=written.model), rehearsed=written.rehearsed)


def on_disk(stored: StoredDraft, *, model: str) -> Version:
    """Return the text of *stored* as a version that *model* wrote, or a person, when its file was saved."""
    return Version(0, stored.text, stored.path.stat().st_mtime, model)


def in_use(versions: tuple[Version, ...], stored: StoredDraft | None) -> Version | None:
    """Return the one among *versions* that stands on the disk."""
    now = hash_text(stored.text) if stored else ""
    return next((version for version in versions if hash_text(version.text) == now), None)


def _generated(kept: Kept, journal: JournalView) -> Version:
    inputs = journal.inputs(kept.draft.id, version=kept.version, rehearsed=kept.rehearsed)
    written = Written(inputs, hash_text(kept.draft.text), kept.model, kept.rehearsed)
    return Version(0, kept.draft.text, kept.at, kept.model, kept.rehearsed, written)
