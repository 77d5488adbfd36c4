"""Whole books, written by the real line from outline to drafts; only the sending is simulated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean, stdev
from tempfile import TemporaryDirectory

import anyio

from benchmarks.length.simulated import Writer
from storygen.book.journal import open_journal
from storygen.catalogue import catalogue
from storygen.known_settings import Length
from storygen.model.wire import encoder
from storygen.outline.shares import target
from storygen.outline.tree import Level, Outline, Section
from storygen.prompts.templates import Templates
from storygen.settings import Settings
from storygen.text.words import count_words
from storygen.writer.ask import Commission
from storygen.writer.attempt import Line
from storygen.writer.book import Shelf, Work, write_book
from storygen.writer.budget import Amount
from storygen.writer.reasons import Sitting
from storygen.writer.saves import Saves
from storygen.writer.seats import Seats
from storygen.writer.stretches import CALL

MODEL = "claude-sonnet-4-6"
"""It does not think unasked, so that `max_tokens` is what its text may take."""

_TEMPLATES = Templates.read()
_BEATS = tuple(f"Something happens for the {each} time." for each in ("first", "second", "third", "last"))


@dataclass(frozen=True, slots=True)
class Written:
    """One book: how many words it was to have and has, and in how many calls."""

    wanted: int
    words: int
    calls: int
    ideal: int

    @property
    def score(self) -> float:
        """How well the length was met, 0 to 100: S_l of LongBench-Write (arXiv 2408.07055)."""
        ratio = self.words / self.wanted
        return 100 * max(0.0, 1 - (ratio - 1) / 3 if ratio > 1 else 1 - (1 / ratio - 1) / 2)


@dataclass(frozen=True, slots=True)
class Shelved:
    """Several books of one sort, that differ by their seeds alone."""

    books: tuple[Written, ...]

    @property
    def score(self) -> float:
        """The mean length score."""
        return mean(book.score for book in self.books)

    @property
    def variation(self) -> float:
        """How much lengths vary from seed to seed, in per cent of their mean: LVC of VOLTBench."""
        words = [book.words for book in self.books]
        return 100 * stdev(words) / mean(words) if len(words) > 1 else 0.0

    @property
    def extra(self) -> float:
        """Calls beyond the ideal ones, in per cent of those."""
        ideal = sum(book.ideal for book in self.books)
        return 100 * (sum(book.calls for book in self.books) - ideal) / ideal


def shelve(bias: float, *, wanted: int, section: int, seeds: Sequence[int], length: Length) -> Shelved:
    """Return books of about *wanted* words in sections of *section* words, one for each of *seeds*."""
    return Shelved(tuple(_book(bias, wanted, section, seed=seed, length=length) for seed in seeds))


def _book(bias: float, wanted: int, section: int, *, seed: int, length: Length) -> Written:
    writer = Writer(bias, Random(f"{seed} {bias} {wanted} {section}"))
    outline = _outline(max(1, wanted // section), section)
    texts = anyio.run(_write, outline, writer, length)
    return Written(
        wanted=outline.words,
        words=sum(map(count_words, texts)),
        calls=len(writer.asked),
        ideal=sum(math.ceil(each.words.aim / CALL) for each in outline.sections),
    )


def _outline(count: int, words: int) -> Outline:
    sections = tuple(
        Section(
            f"s{position}",
            f"Section {position}",
            position,
            1,
            Level.SCENE,
            target(words, words),
            beats=_BEATS,
            after=(f"s{position - 1}",) if position > 1 else (),
        )
        for position in range(1, count + 1)
    )
    return Outline("Simulated", Path("outline.yaml"), nodes=sections)


async def _write(outline: Outline, writer: Writer, length: Length) -> list[str]:
    """Write *outline* from nothing and return its texts in order."""
    commission = Commission(
        outline=outline,
        templates=_TEMPLATES,
        settings=Settings(model=MODEL, length=length),
        catalogue=catalogue(),
        count=lambda text: len(text) // 4,
    )
    shelf = Shelf(lambda *_: Sitting(), lambda _, draft: draft.text, lambda _: None)
    with (
        TemporaryDirectory() as folder,
        open_journal(Path(folder, "journal.db"), clock=lambda: 0.0) as journal,
    ):
        line = Line(
            encode=encoder(catalogue()),
            send=writer.send,
            journal=journal,
            catalogue=catalogue(),
            tell=lambda _: None,
            sleep=anyio.sleep,
            clock=lambda: 0.0,
            count=commission.count,
            chance=writer.chance,
            saves=Saves(journal),
            worst=lambda *_: Amount(calls=1),
            agree=_nobody,
        )
        work = Work(outline.sections, {}, frozenset())
        result = await write_book(commission, work, line=line, shelf=shelf, seats=Seats(), stop=lambda: False)
    return [draft.text for draft in result.drafts]


async def _nobody(_question: str) -> bool:
    return False
