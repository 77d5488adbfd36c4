"""Books side by side, until every kill of a deck has struck."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from threading import Lock

from storygen.book import schema
from tests.servers.scripted import ScriptedServer
from tests.soak.checks import Files
from tests.soak.kills import Kill
from tests.soak.stories import Story
from tests.soak.trial import Outcome, Trial
from tests.soak.truth import Truth
from tests.soak.victim import Desk

HAND = 20
"""Kills that one book gets."""

_PATIENCE = 4
"""A kill that finds no moment in so many more books never will."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an uninterrupted run of *story* makes, and how many requests that takes."""

    story: Story
    files: Files
    requests: int


def uninterrupted(folder: Path, story: Story) -> Wanted:
    """Write *story* in *folder* and kill nobody; raises ValueError where even that goes wrong."""
    with opened(folder, story) as (desk, truth):
        if code := desk.start("whole").wait():
            raise ValueError(f"a run that nobody killed ended with {code}: {desk.said.read_text()}")
        return Wanted(story, desk.files(), len(truth.replies))


def killed(folder: Path, wanted: Wanted, hand: list[Kill], *, old: bool) -> Outcome:
    """Write the story of *wanted* in *folder*, perhaps on top of an *old* journal, and kill by the *hand*."""
    with opened(folder, wanted.story) as (desk, truth):
        if old:
            make_old_journal(desk.journal)
        return Trial(desk, truth, hand, wanted.files).run()


@contextmanager
def opened(folder: Path, story: Story) -> Iterator[tuple[Desk, Truth]]:
    """Make a book of *story* in *folder*, and a server for it."""
    book, home = folder / "book", folder / "home"
    for each in (folder, book, home):
        each.mkdir()
    (book / "outline.yaml").write_text(story.outline, encoding="utf-8")
    with closing(Truth(folder / "server.log", story)) as truth, ScriptedServer(truth.script) as server:
        yield Desk(book, server.url, home, folder / "said.txt", story.jobs), truth


def make_old_journal(path: Path) -> None:
    """Make an empty journal with the first version's tables, which the next run has to migrate."""
    path.parent.mkdir(mode=0o700)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        schema.MIGRATIONS[0](db)
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")


@dataclass(slots=True)
class Bench:
    """A deck of kills and the books that they fall on; `outcomes` is what came of each."""

    folder: Path
    wanted: tuple[Wanted, ...]
    deck: list[Kill]
    dice: Random
    outcomes: list[tuple[Wanted, Outcome]] = field(default_factory=list)
    _begun: int = 0
    _lock: Lock = field(default_factory=Lock)

    def run(self, *, jobs: int) -> None:
        """Write books, so many at once, until the deck is empty or a promise is broken."""
        with ThreadPoolExecutor(jobs) as pool:
            for done in [pool.submit(self._work) for _ in range(jobs)]:
                done.result()

    @property
    def broken(self) -> bool:
        """Whether a promise was broken in one of the books."""
        return any(outcome.problems for _, outcome in self.outcomes)

    def _work(self) -> None:
        while True:
            with self._lock:
                hand, self.deck = self.deck[:HAND], self.deck[HAND:]
                number, old = self._begun, self.dice.random() < 1 / 2
                self._begun += 1
            if not hand or self.broken:
                return
            wanted = self.wanted[number % len(self.wanted)]
            outcome = killed(self.folder / f"book-{number:03}", wanted, hand, old=old)
            with self._lock:
                self.outcomes.append((wanted, outcome))
                self._deal_again(outcome)

    def _deal_again(self, outcome: Outcome) -> None:
        """Put the kills that found no moment back under the deck; one that never does is a problem."""
        for kill in outcome.left:
            if kill.missed < _PATIENCE:
                self.deck.append(replace(kill, missed=kill.missed + 1))
            else:
                outcome.problems.append(f"a kill {kill} never found its moment")
