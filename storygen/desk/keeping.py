"""Puts what was written on the disk: journal, draft, record; and finds it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from storygen.book.attempts import Kept
from storygen.book.drafts import BESIDE, drop_partial, keep, keep_partial, read_drafts
from storygen.book.freshness import Freshness, changes
from storygen.book.journal import Journal
from storygen.book.record import Written, hash_text, write_record
from storygen.book.versions import Version, add, store_versions
from storygen.crash_points import CrashPoint
from storygen.desk.history import history, on_disk
from storygen.desk.left import Begin, begin_of, edit_of, left_of, ours
from storygen.desk.project import Project
from storygen.desk.retitled import placed
from storygen.desk.states import Shelved, read_book
from storygen.draft import Digest, Draft, DraftStatus
from storygen.manuscript.wrap import by_sentence
from storygen.outline.tree import Section
from storygen.writer.events import Finished, Noted, Tell
from storygen.writer.reasons import Sitting, taken_up
from storygen.writer.section import draft_of


@dataclass(slots=True)
class Keeper:
    """The one that keeps drafts for a run; `shelved` is the book as it knows it.

    `model` names the model of a section, `price` what a draft cost in micro-dollars, `inputs` what a section
    would be asked from in a book of these texts and digests, by id. `busy` is whether this run has written a
    draft. `begins` and `agreed` go by id: where a new version begins, the hash of the text that it may
    replace.
    """

    project: Project
    journal: Journal
    shelved: Shelved
    rehearsed: bool
    model: Callable[[Section], str]
    price: Callable[[Section, Draft], int | None]
    inputs: Callable[[Section, Mapping[str, str], Mapping[str, Digest]], Mapping[str, str]]
    tell: Tell
    busy: bool = False
    begins: dict[str, Begin] = field(default_factory=dict)
    agreed: dict[str, str] = field(default_factory=dict)

    def keep(self, section: Section, draft: Draft) -> str:
        """Keep *draft*, whole or incomplete, say so, and return the text that *section* has now."""
        draft = self._wrapped(section, draft)
        text = draft.text
        if draft.status is DraftStatus.INCOMPLETE:
            path = self._set_aside(section, draft)
        else:
            inputs = self.journal.inputs(section.id, rehearsed=self.rehearsed)
            self._remember(section, draft)
            self.project.reached(CrashPoint.BEFORE_DRAFT)
            path = self._lay(section, draft, inputs)
            if path.endswith(BESIDE):
                text = self._authors(section, path) or text
        self.tell(Finished(section, draft, self.price(section, draft), path))
        return text

    def keep_beside(self, section: Section, draft: Draft) -> str:
        """Keep *draft* as `keep` does; a whole one is remembered, and the draft on the disk stays."""
        draft, path = self._wrapped(section, draft), ""
        if draft.status is DraftStatus.INCOMPLETE:
            path = self._set_aside(section, draft)
        else:
            self._remember(section, draft)
        self.tell(Finished(section, draft, self.price(section, draft), path))
        return draft.text

    def lay(self, section: Section, kept: Kept) -> str:
        """Put the draft that was *kept* in the place of what is there, and return the text there now."""
        path = self._lay(section, kept.draft, self.inputs_of(kept))
        return (self._authors(section, path) if path.endswith(BESIDE) else "") or kept.draft.text

    def bring_back(self, section: Section, version: Version) -> None:
        """Put *version* in the place of whatever stands on the disk, and its own row on record."""
        draft = Draft(section.id, version.text)
        stored = self.shelved.drafts.get(section.id)
        self.agreed[section.id] = hash_text(stored.text) if stored else ""
        self._put(section, draft)
        others = {id_: row for id_, row in self.shelved.record.sections.items() if id_ != section.id}
        self._record(others | ({section.id: version.written} if version.written else {}))

    def versions(self, section: Section) -> tuple[Version, ...]:
        """Return all versions of *section* as they are now."""
        shelved = read_book(self.project.book)
        stored, written = shelved.drafts.get(section.id), shelved.record.sections.get(section.id)
        return history(self.project.book, self.journal, section.id, stored=stored, written=written)

    def shelve(self, section: Section) -> tuple[Version, ...]:
        """Store every text that *section* has had as a version, and return all of them."""
        written = self.shelved.record.sections.get(section.id)
        stored = self.shelved.drafts.get(section.id)
        known = history(self.project.book, self.journal, section.id, stored=stored, written=written)
        store_versions(self.project.book, section.id, known)
        return known

    def shelve_partial(self, section: Section) -> tuple[Version, ...]:
        """Do the same with the unfinished text of *section* too, and take its file away."""
        known = self.shelve(section)
        partials = dict(self.shelved.partials)
        if partial := partials.pop(section.id, None):
            model = self.model(section) if hash_text(partial.text) in ours(self.journal, section.id) else ""
            known = add(known, on_disk(partial, model=model))
            store_versions(self.project.book, section.id, known)
            drop_partial(self.project.book, partial)
            self.shelved = replace(self.shelved, partials=partials)
        return known

    def leave(self, section: Section) -> None:
        """Keep what came of *section* before the run had to stop; nothing, if nothing came."""
        sitting = self._left(section)
        if sitting.text.strip():
            self._set_aside(section, draft_of(section, sitting, whole=False))

    def resume(self, section: Section, texts: Mapping[str, str], digests: Mapping[str, Digest]) -> Sitting:
        """Return what earlier runs left of *section*: a kept part and newer legs, or its author's edit.

        What it is asked from, in a book of these *texts* and *digests*, is noted before anything is asked.
        """
        if edit := edit_of(self.shelved.partials, self.journal, section.id):
            sitting = replace(self._left(section), text=edit)
            self._remember(section, draft_of(section, sitting, whole=False))
        sitting = taken_up(self._left(section))
        if sitting.text:
            self.project.reached(CrashPoint.RESUMING)
        self._note_inputs(section, self.inputs(section, texts, digests), begun=bool(sitting.text.strip()))
        return sitting

    def reconcile(self, generated: Mapping[str, Kept]) -> None:
        """Record the newest *generated* drafts, by id, that the record does not know: a run was killed."""
        sections = dict(self.shelved.record.sections)
        for id_, kept in generated.items():
            stored, written = self.shelved.drafts.get(id_), _written(kept)
            known = id_ in sections and _same(sections[id_], written)
            if stored and not known and not _goes_on(kept) and hash_text(stored.text) == written.text:
                sections[id_] = replace(written, inputs=self.inputs_of(kept))
        self._record(sections)

    def _wrapped(self, section: Section, draft: Draft) -> Draft:
        """Return *draft* as the outline wants its lines; what it goes on from stays as it is."""
        if section.wrap != "sentence" or draft.status is DraftStatus.INCOMPLETE:
            return draft
        there = self._begin(section).text
        firm = len(there) if draft.text.startswith(there) else 0
        lang = self.project.outline.lang
        wrapped = by_sentence(draft.text[firm:], lang=lang, keep=section.must)
        return replace(draft, text=draft.text[:firm] + wrapped)

    def _note_inputs(self, section: Section, now: Mapping[str, str], *, begun: bool) -> None:
        """Note what *section* is asked from *now*; of one that is begun, say what has changed since."""
        then = self.journal.inputs(section.id, rehearsed=self.rehearsed)
        if not begun or not then:
            self.journal.ask_from(section.id, now, rehearsed=self.rehearsed)
            return
        found = [change.words for change in changes(then, now) if change.weight is Freshness.STALE]
        if found:
            self.tell(Noted(f"{section.id} goes on from what is there, although {', '.join(found)}"))

    def inputs_of(self, kept: Kept) -> Mapping[str, str]:
        """Return what the draft that was *kept* was asked from, hashes by name; empty where nobody knows."""
        return self.journal.inputs(kept.draft.id, version=kept.version, rehearsed=kept.rehearsed)

    def _left(self, section: Section) -> Sitting:
        """Put together what the journal holds of an unfinished *section*."""
        return left_of(
            section,
            self.journal,
            outline=self.project.outline,
            begin=self._begin(section),
            rehearsed=self.rehearsed,
        )

    def _authors(self, section: Section, beside: str) -> str:
        """Return the text that the author has put in the place of a draft, which went *beside* it."""
        own = read_drafts(self.project.book).get(section.id)
        self.tell(Noted(f"{section.id} was changed while it was written: yours stays, ours is {beside}"))
        return own.text if own else ""

    def _begin(self, section: Section) -> Begin:
        """Return where the version begins that *section* works on."""
        if section.id not in self.begins:
            self.begins[section.id] = begin_of(self.project.book, self.journal, section.id)
        return self.begins[section.id]

    def _remember(self, section: Section, draft: Draft) -> None:
        self.journal.keep(draft, model=self.model(section), rehearsed=self.rehearsed)

    def _lay(self, section: Section, draft: Draft, inputs: Mapping[str, str]) -> str:
        """Write a whole draft to its file, record it with its *inputs*, and take its partial away."""
        path = self._put(section, draft)
        self.project.reached(CrashPoint.BEFORE_RECORD)
        self._record({**self.shelved.record.sections, section.id: self._row(section, draft, inputs)})
        return path

    def _put(self, section: Section, draft: Draft) -> str:
        """Write a whole draft to its file, what it replaces kept as a version, and take its partial away."""
        self.busy = True
        old = self.shelved.record.sections.get(section.id)
        found, partial = (shelf.get(section.id) for shelf in (self.shelved.drafts, self.shelved.partials))
        if found and found.text.strip():
            self.shelve(section)
        stored = keep(
            self.project.book,
            section,
            draft,
            count=len(self.project.outline.sections),
            stored=found,
            replaces=self.agreed.get(section.id, old.text if old else None),
        )
        if partial:
            drop_partial(self.project.book, partial)
        return str(stored.path)

    def _row(self, section: Section, draft: Draft, inputs: Mapping[str, str]) -> Written:
        """Return what the record says of *draft*; one that goes on from another is as old as that is."""
        begin = self._begin(section)
        if not begin.text:
            return Written(inputs, hash_text(draft.text), self.model(section), self.rehearsed)
        old = begin.written or Written({}, "", self.model(section), self.rehearsed)
        edited = old.text != hash_text(begin.text)
        return replace(
            old,
            text=old.text if edited else hash_text(draft.text),
            rehearsed=old.rehearsed or self.rehearsed,
        )

    def _set_aside(self, section: Section, draft: Draft) -> str:
        """Write an unfinished draft to its partial file; the file first, so that no edit is ever imagined."""
        self.busy = True
        if not draft.text.strip():
            self._remember(section, draft)
            return ""
        found = self.shelved.partials.get(section.id)
        own = found is not None and hash_text(found.text) in ours(self.journal, section.id)
        stored = keep_partial(
            self.project.book,
            section,
            draft,
            count=len(self.project.outline.sections),
            stored=found,
            replaces=hash_text(found.text) if found and own else None,
        )
        self._remember(section, draft)
        return str(stored.path)

    def _record(self, sections: Mapping[str, Written]) -> None:
        sections = placed(self.project.outline.sections, sections)
        if sections != self.shelved.record.sections:
            self.shelved = replace(self.shelved, record=replace(self.shelved.record, sections=sections))
            write_record(self.project.book, self.shelved.record)


def _same(one: Written, other: Written) -> bool:
    """Say whether both are of the same text, by the same model."""
    return (one.text, one.model, one.rehearsed) == (other.text, other.model, other.rehearsed)


def _goes_on(kept: Kept) -> bool:
    """Say whether a draft goes on from a text that is not its own: nobody knows whose that was."""
    return bool(kept.draft.legs) and kept.draft.legs[0].base > 0


def _written(kept: Kept) -> Written:
    return Written({}, hash_text(kept.draft.text), kept.model, kept.rehearsed)
