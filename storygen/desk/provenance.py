"""Says who wrote what: which words stand as a model generated them, and which a person wrote or changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from storygen.book.attempts import Kept
from storygen.book.record import Written, hash_text
from storygen.book.reviews import NO_REVIEW, StoredReview, read_review
from storygen.book.view import view_journal
from storygen.desk.project import Project
from storygen.desk.states import Standing, State, read_book, standings
from storygen.outline.tree import Section
from storygen.text.words import split_words

RUN = 3
"""A word counts as generated where it stands in a run of so many words as they were generated."""

_TEXTS = {State.REHEARSED, State.DRAFT, State.EDITED, State.FINAL}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the words of one section come from.

    `generated` of its `words` stand as `model` wrote them at the time `at`; None where nobody knows how many
    any more. `model` is empty where no model wrote anything; `rehearsed` is placeholder prose.
    """

    section: Section
    words: int
    generated: int | None
    model: str = ""
    rehearsed: bool = False
    at: float | None = None

    @property
    def share(self) -> float | None:
        """Which part is generated, 0 to 1; None where that is not known or there are no words."""
        return None if self.generated is None or not self.words else self.generated / self.words

    @property
    def day(self) -> str:
        """The day, where we are, on which the model wrote it; empty where that is not known."""
        return "" if self.at is None else f"{datetime.fromtimestamp(self.at).astimezone():%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the words of a whole book come from, section by section."""

    origins: tuple[Origin, ...]

    @property
    def words(self) -> int:
        """All words that are there."""
        return sum(origin.words for origin in self.origins)

    @property
    def generated(self) -> int:
        """How many words stand as a real model generated them."""
        return sum(origin.generated or 0 for origin in self._real)

    @property
    def rehearsed(self) -> int:
        """How many words stand as the rehearsal model put them there."""
        return sum(origin.generated or 0 for origin in self.origins if origin.rehearsed)

    @property
    def unknown(self) -> int:
        """How many words are in sections of which nobody knows any more how much was generated."""
        return sum(origin.words for origin in self.origins if origin.generated is None)

    @property
    def by_hand(self) -> int:
        """How many words a person wrote or changed."""
        return self.words - self.generated - self.rehearsed - self.unknown

    @property
    def models(self) -> tuple[str, ...]:
        """The real models that words come from, in reading order."""
        return tuple(dict.fromkeys(origin.model for origin in self._real if origin.generated))

    @property
    def sentence(self) -> str:
        """The answer to a form that asks about AI-generated text: counts, models and dates, no more."""
        if not self.words:
            return "AI-generated text: there is no text yet."
        stand = f"stand as {' and '.join(self.models)} generated them{_period(self._real)}"
        parts = [
            f"AI-generated text: {self.generated:,} of {self.words:,} words",
            f" ({self.generated / self.words:.0%}) {stand}" if self.models else "",
            f"; {self.by_hand:,} ({self.by_hand / self.words:.0%}) were written or changed by hand",
            f"; {self.rehearsed:,} are placeholders of storygen's rehearsal model" if self.rehearsed else "",
            f"; of {self.unknown:,} it is not known any more who wrote them" if self.unknown else "",
        ]
        return "".join(parts) + "."

    @property
    def _real(self) -> tuple[Origin, ...]:
        return tuple(origin for origin in self.origins if not origin.rehearsed)


def provenance(project: Project) -> Provenance:
    """Return where every word of the book of *project* comes from; reads only.

    Without the journal, a draft that was never edited is still known by the record.
    """
    shelved = read_book(project.book)
    now = [each for each in standings(project.outline, shelved) if each.state in _TEXTS]
    with view_journal(project.book.journal) as journal:
        return Provenance(
            tuple(
                _origin(
                    each,
                    journal.versions(each.section.id),
                    shelved.record.sections.get(each.section.id),
                    read_review(project.book, each.section.id) or NO_REVIEW,
                )
                for each in now
            )
        )


def generated_words(text: Sequence[str], *sources: Sequence[str]) -> int:
    """Return how many words of *text* stand in runs of RUN words or more as they are in one of *sources*.

    >>> generated_words("the old boat came in late".split(), "the boat came in late".split())
    4
    """
    if text in sources:
        return len(text)
    runs = (SequenceMatcher(None, text, source, autojunk=False).get_matching_blocks() for source in sources)
    long = (run for found in runs for run in found if run.size >= RUN)
    return len({at for run in long for at in range(run.a, run.a + run.size)})


def _origin(
    standing: Standing, versions: Sequence[Kept], written: Written | None, review: StoredReview
) -> Origin:
    section, words = standing.section, split_words(standing.text)
    accepted = [split_words(suggestion) for suggestion in review.accepted]
    if standing.stored is None or not (versions or written):
        generated = generated_words(words, *accepted)
        return Origin(section, len(words), generated, review.model if generated else "")
    if not versions and written:
        untouched = written.text == hash_text(standing.text)
        return Origin(
            section, len(words), len(words) if untouched else None, written.model, rehearsed=written.rehearsed
        )
    sources = [split_words(kept.draft.text) for kept in versions]
    counts = [generated_words(words, source) for source in sources]
    nearest = max(range(len(counts)), key=lambda at: (counts[at], at))
    kept = versions[nearest]
    generated = generated_words(words, sources[nearest], *accepted)
    return Origin(section, len(words), generated, kept.model, rehearsed=kept.rehearsed, at=kept.at)


def _period(origins: Iterable[Origin]) -> str:
    """Return when the generated words of *origins* were generated."""
    days = [origin.day for origin in origins if origin.day and origin.generated]
    if not days:
        return ""
    return f" on {days[0]}" if len(set(days)) == 1 else f" between {min(days)} and {max(days)}"
