"""Text that streams in, and how soon it is on the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import anyio

from storygen.book.journal import Journal
from storygen.errors import JournalError, Unsaved, lone
from storygen.messages import Delta, Opened
from storygen.model.deltas import Fold

SECONDS = 0.5
BYTES = 4_096
"""Text is on the disk after so long or so much of it, whichever comes first."""


@dataclass(slots=True)
class Stream:
    """One reply as it comes in, and how much of it is saved."""

    journal: Journal
    attempt: int
    fold: Fold = field(default_factory=Fold)
    saved: int = 0

    def add(self, delta: Delta) -> None:
        """Take one delta, and save at once where much has come."""
        self.fold.add(delta)
        if isinstance(delta, Opened):
            self.journal.opened(self.attempt, delta)
        if self.fold.size - self.saved >= BYTES:
            self.save()

    def save(self) -> None:
        """Save what is new."""
        if self.fold.size > self.saved:
            self.journal.save_text(self.attempt, self.fold.text, usage=self.fold.usage)
            self.saved = self.fold.size


@dataclass(slots=True)
class Saves:
    """Every stream of a run; those with new text are saved together, in one commit."""

    journal: Journal
    _open: dict[int, Stream] = field(default_factory=dict)
    _unsaved: list[tuple[str, str]] = field(default_factory=list)

    @contextmanager
    def stream(self, attempt: int, *, section: str) -> Iterator[Stream]:
        """Keep the stream of *attempt*, a leg of *section*, saved for as long as the block runs."""
        stream = self._open[attempt] = Stream(self.journal, attempt)
        try:
            yield stream
        except JournalError:
            self._unsaved += [(section, stream.fold.text)] if stream.fold.size else []
            raise
        finally:
            del self._open[attempt]

    @asynccontextmanager
    async def kept(self, sleep: Callable[[float], Awaitable[None]]) -> AsyncIterator[None]:
        """Save what is new every half second for as long as the block runs.

        Raises Unsaved, with the text that had come, where the journal fails.
        """
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._keep_saving, sleep)
                yield
                group.cancel_scope.cancel()
        except BaseExceptionGroup as several:
            error = lone(several)
            if self._unsaved and isinstance(error, JournalError):
                texts = tuple(self._unsaved)
                raise Unsaved(error.message, error.help, notes=error.notes, texts=texts) from error
            raise error from None

    async def _keep_saving(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        while True:
            await sleep(SECONDS)
            with self.journal.one_commit():
                for stream in self._open.values():
                    stream.save()
