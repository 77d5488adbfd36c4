"""What a text says again: its own words, and those of other sections, of its notes, of samples."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise

from storygen.draft import Finding
from storygen.outline.tree import Outline, Section
from storygen.review.page import Page, Piece, clipped
from storygen.review.rules import ENDING, LEAKED, OPENING, REPEATED, SAMPLE
from storygen.review.runs import Memory, Notes, Shared
from storygen.text.languages import language
from storygen.text.sentences import sentences
from storygen.text.words import plain_spans, plain_words

RUN = 12
"""So many words in a row are no accident."""

NEAREST = 5
"""Sections before, whose openings and endings a reader still has in the ear."""

_FIRST_WORDS = 5
_LAST_WORDS = 4
_CHARACTERS = 2
"""Characters that count as words say less than words: so many times more of them are needed."""


def run_length(tag: str) -> int:
    """Return how many words of the language *tag* in a row are no accident."""
    return _as_telling(RUN, tag)


def _as_telling(words: int, tag: str) -> int:
    """Return how many words of the language *tag* say as much as so many *words* of any other."""
    known = language(tag)
    return words * (_CHARACTERS if known and known.alone else 1)


class Echoes:
    """Hears what a book says twice, section after section."""

    def __init__(self, tag: str) -> None:
        """Listen to a book in the language *tag*."""
        self._memory = Memory(run_length(tag))
        self._pieces: list[Piece] = []
        self._tag = tag

    def read(self, page: Page) -> tuple[float, Iterator[Finding]]:
        """Return the share of grams of *page* that were there before, and its findings."""
        shared = self._memory.read(page.told_words)
        self._pieces.append(page.piece)
        return shared.share, self._findings(page, shared)

    def _findings(self, page: Page, shared: Shared) -> Iterator[Finding]:
        spans = plain_spans(page.told) if shared.runs else []
        for run in shared.runs:
            at, length = _unbroken(page.text, spans, run.at, run.length)
            span = (spans[at][0], spans[at + length - 1][1])
            if length >= run_length(self._tag) and not _wanted(page.text[slice(*span)], page.section):
                before = Page(self._pieces[run.where], self._tag)
                place = _place(before, run.before + at - run.at)
                yield page.finding(REPEATED, span, f"{length} words that stand in {place} too")


class Edges:
    """Remembers how the last sections began and ended."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._openings: deque[tuple[str, Section]] = deque(maxlen=NEAREST)
        self._endings: deque[tuple[str, Section]] = deque(maxlen=NEAREST)

    def read(self, page: Page) -> Iterator[Finding]:
        """Yield a finding where *page* begins or ends with the words of one of the sections before it."""
        for rule, kept, found in (
            (OPENING, self._openings, _opening(page)),
            (ENDING, self._endings, _ending(page)),
        ):
            if found is None:
                continue
            span, words = found
            same = next((section for known, section in reversed(kept) if known == words), None)
            if same is not None:
                verb = "begins" if rule is OPENING else "ends"
                yield page.finding(
                    rule, span, f"{same.id} {verb} with the same words: “{clipped(page.text[slice(*span)])}”"
                )
            kept.append((words, page.section))


def notes_of(outline: Outline, tag: str) -> Notes:
    """Return all that *outline* says to whoever writes; what must stand verbatim is no note."""
    notes = Notes(run_length(tag))
    for entry in outline.codex:
        for text in (entry.about, entry.voice, *(change.about for change in entry.changes)):
            notes.add(f"the codex entry {entry.name}", text)
    for text in (outline.summary, *(node.summary for node in outline.nodes)):
        notes.add("the outline", text)
    for section in outline.sections:
        told = (*section.beats, *section.facts, section.enter, section.leave, *section.plant, *section.pay)
        for text in (*told, *section.story.values()):
            notes.add(f"the card of {section.id}", text)
    return notes


def notes_from(texts: Mapping[str, str], tag: str) -> Notes:
    """Return the notes that *texts* are, by their names."""
    notes = Notes(run_length(tag))
    for name, text in texts.items():
        notes.add(name, text)
    return notes


def leaked(page: Page, notes: Iterable[Notes]) -> Iterator[Finding]:
    """Yield a finding for every run of words that *page* has from *notes*."""
    yield from _copied(page, page.told_words, page.told, notes, sample=False)


def quoted(page: Page, samples: Notes) -> Iterator[Finding]:
    """Yield a finding for every run of words that *page* has from the author's *samples*."""
    yield from _copied(page, page.words, page.prose, [samples], sample=True)


def _copied(
    page: Page, words: Sequence[str], layer: str, notes: Iterable[Notes], *, sample: bool
) -> Iterator[Finding]:
    spans: list[tuple[int, int]] = []
    for each in notes:
        for start, size, place in each.found(words):
            spans = spans or plain_spans(layer)
            at, length = _unbroken(page.text, spans, start, size)
            span = (spans[at][0], spans[at + length - 1][1])
            if length >= run_length(page.lang) and not _wanted(page.text[slice(*span)], page.section):
                yield page.finding(
                    SAMPLE if sample else LEAKED, span, f"{length} words as they stand in {place}"
                )


def _unbroken(text: str, spans: Sequence[tuple[int, int]], at: int, length: int) -> tuple[int, int]:
    """Return the longest part of a run of words between which *text* has no others, as speech would be."""
    gaps = ((word, text[spans[word - 1][1] : spans[word][0]]) for word in range(at + 1, at + length))
    edges = [at, *(word for word, gap in gaps if plain_words(gap)), at + length]
    parts = ((first, last - first) for first, last in pairwise(edges))
    return max(parts, key=lambda part: part[1])


def _wanted(text: str, section: Section) -> bool:
    """Whether *text* belongs to what *section* has to say verbatim."""
    words = " ".join(plain_words(text))
    return any(
        words in (must := " ".join(plain_words(each))) or (must and must in words) for each in section.must
    )


def _place(page: Page, word: int) -> str:
    """Return where the narrator's word number *word* stands in *page*."""
    start = plain_spans(page.told)[word][0]
    return f"{page.piece.path}:{page.piece.line + page.text.count(chr(10), 0, start)}"


def _opening(page: Page) -> tuple[tuple[int, int], str] | None:
    wanted = _as_telling(_FIRST_WORDS, page.lang)
    spans = list(islice(plain_spans(page.prose[:500]), wanted))
    if len(spans) < wanted:
        return None
    span = (spans[0][0], spans[-1][1])
    return span, " ".join(plain_words(page.prose[slice(*span)]))


def _ending(page: Page) -> tuple[tuple[int, int], str] | None:
    """Return where the last sentence of *page* is, and its words; a very short one says nothing."""
    start, end = page.paragraphs[-1] if page.paragraphs else (0, 0)
    found = sentences(page.prose[start:end].rstrip(), page.lang)
    words = plain_words(found[-1]) if found else []
    if len(words) < _as_telling(_LAST_WORDS, page.lang):
        return None
    end = start + len(page.prose[start:end].rstrip())
    return (end - len(found[-1]), end), " ".join(words)
