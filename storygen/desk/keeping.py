"""Puts what was written on the disk: journal, draft, record; and finds it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from storygen.book.attempts import Kept
from storygen.book.drafts import drop_partial, keep, keep_partial
from storygen.book.journal import Journal
from storygen.book.record import Written, hash_text, write_record
from storygen.desk.project import Project
from storygen.desk.states import Shelved
from storygen.draft import Draft, DraftStatus
from storygen.outline.tree import Section
from storygen.writer.events import Finished, Tell
from storygen.writer.reasons import Sitting, taken_up
from storygen.writer.section import draft_of, join


@dataclass(slots=True)
class Keeper:
    """The one that keeps drafts for a run; `shelved` is the book as it knows it.

    `model` names the model of a section, `price` what a draft cost in micro-dollars.
    """

    project: Project
    journal: Journal
    shelved: Shelved
    rehearsed: bool
    model: Callable[[Section], str]
    price: Callable[[Section, Draft], int | None]
    tell: Tell

    def keep(self, section: Section, draft: Draft) -> None:
        """Keep *draft*, whole or incomplete, and say so."""
        if draft.status is DraftStatus.INCOMPLETE:
            path = self._set_aside(section, draft)
        else:
            self._remember(section, draft)
            path = self._lay(section, draft)
        self.tell(Finished(section, draft, self.price(section, draft), path))

    def leave(self, section: Section) -> None:
        """Keep what came of *section* before the run had to stop; nothing, if nothing came."""
        sitting = self._left(section)
        if sitting.text.strip():
            self._set_aside(section, draft_of(section, sitting, whole=False))

    def resume(self, section: Section) -> Sitting:
        """Return what earlier runs left of *section*: a kept part and newer legs, or its author's edit."""
        stored = self.shelved.partials.get(section.id)
        if stored and stored.text.strip() and hash_text(stored.text) not in self._generated(section):
            sitting = replace(self._left(section), text=stored.text)
            self._remember(section, draft_of(section, sitting, whole=False))
        return taken_up(self._left(section))

    def restore(self, section: Section) -> bool:
        """Bring a deleted draft back from the journal, and say whether it was there."""
        kept = self.journal.generated(section.id, rehearsed=self.rehearsed)
        if kept is not None:
            self._lay(section, kept.draft)
        return kept is not None

    def reconcile(self) -> None:
        """Record the drafts that the journal knows and the record does not: a run was killed in between."""
        sections = dict(self.shelved.record.sections)
        for id_, kept in self.journal.all_generated().items():
            stored = self.shelved.drafts.get(id_)
            if stored and hash_text(stored.text) == hash_text(kept.draft.text):
                sections[id_] = replace(
                    _written(kept), inputs=sections[id_].inputs if id_ in sections else {}
                )
        self._record(sections)

    def _left(self, section: Section) -> Sitting:
        """Put together what the journal holds of an unfinished *section*."""
        whole = self.journal.generated(section.id, rehearsed=self.rehearsed)
        part = self.journal.generated_partial(section.id, rehearsed=self.rehearsed)
        sitting = Sitting(part.draft.text, part.draft.legs, part.draft.flags) if part else Sitting()
        since = max((kept.attempt for kept in (whole, part) if kept), default=0)
        for leg in self.journal.legs(section.id, after=since, rehearsed=self.rehearsed):
            sitting = join(sitting, leg, title=section.title)
        return sitting

    def _generated(self, section: Section) -> set[str]:
        """Return the hashes of what storygen itself last left of *section*, real or rehearsed."""
        parts = (self.journal.generated_partial(section.id, rehearsed=kind) for kind in (True, False))
        return {hash_text(part.draft.text) for part in parts if part}

    def _remember(self, section: Section, draft: Draft) -> None:
        self.journal.keep(draft, model=self.model(section), rehearsed=self.rehearsed)

    def _lay(self, section: Section, draft: Draft) -> str:
        """Write a whole draft to its file, record it, and take its partial away."""
        old = self.shelved.record.sections.get(section.id)
        stored = keep(
            self.project.book,
            section,
            draft,
            count=len(self.project.outline.sections),
            stored=self.shelved.drafts.get(section.id),
            replaces=old.text if old else None,
        )
        written = Written({}, hash_text(draft.text), self.model(section), self.rehearsed)
        self._record({**self.shelved.record.sections, section.id: written})
        if partial := self.shelved.partials.get(section.id):
            drop_partial(self.project.book, partial)
        return str(stored.path)

    def _set_aside(self, section: Section, draft: Draft) -> str:
        """Write an unfinished draft to its partial file; the file first, so that no edit is ever imagined."""
        if not draft.text.strip():
            self._remember(section, draft)
            return ""
        found = self.shelved.partials.get(section.id)
        ours = found is not None and hash_text(found.text) in self._generated(section)
        stored = keep_partial(
            self.project.book,
            section,
            draft,
            count=len(self.project.outline.sections),
            stored=found,
            replaces=hash_text(found.text) if found and ours else None,
        )
        self._remember(section, draft)
        return str(stored.path)

    def _record(self, sections: dict[str, Written]) -> None:
        if sections != self.shelved.record.sections:
            self.shelved = replace(self.shelved, record=replace(self.shelved.record, sections=sections))
            write_record(self.project.book, self.shelved.record)


def _written(kept: Kept) -> Written:
    return Written({}, hash_text(kept.draft.text), kept.model, kept.rehearsed)
