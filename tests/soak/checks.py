"""What must be true after every kill; each check yields a sentence for whatever is not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from storygen.catalogue import catalogue
from tests.soak.ledger import Ledger
from tests.soak.truth import Reply

SECONDS, BYTES = 0.5, 4_096
"""The promise: at most so much of a stream's newest text is lost, whichever is less."""

GRACE = 0.5
"""Seconds that text may be on its way, while the killed process waits for a processor of this machine."""

SEAM = 400
"""Characters that a request may take back of a text to join the next reply to it, its anchor among them."""

Files: TypeAlias = Mapping[str, bytes]
"""What was made in a book, by name; its private folder aside."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a kill took of one stream: `left` is what had left the server, `saved` what the journal has of it.

    `lag` is how old the oldest of the missing text was at the kill, in seconds; `late` is what had left, for
    sure, before the last GRACE.
    """

    request: int
    left: str
    saved: str
    late: str
    lag: float

    @property
    def bytes(self) -> int:
        """How many bytes of text are missing."""
        return len(self.left[len(self.saved) :].encode())


def losses(replies: Iterable[Reply], ledger: Ledger, *, died: float) -> list[Loss]:
    """Return what was lost of those *replies* that were under way when their process *died*."""
    whole = {row.request_id for row in ledger.rows if row.ended}
    return [_loss(reply, ledger, died) for reply in replies if reply.id not in whole]


def intent_first(replies: Iterable[Reply], ledger: Ledger) -> Iterator[str]:
    """I-1: every request has a durable intent with the same digest."""
    intents = Counter(row.digest for row in ledger.rows)
    requests = Counter(reply.digest for reply in replies)
    for digest, times in requests.items():
        if times > intents[digest]:
            yield f"I-1: {times} requests {digest[:12]}, and only {intents[digest]} intents"


def done_is_done(replies: Iterable[Reply], finished: Mapping[str, int]) -> Iterator[str]:
    """I-2: no section is asked for again; *finished* tells how many requests came until it was, by id."""
    for reply in replies:
        if reply.number > finished.get(reply.section, reply.number):
            yield f"I-2: {reply.section} was finished, and request {reply.number} asked for it again"


def nothing_is_lost(lost: Iterable[Loss]) -> Iterator[str]:
    """I-3: what is saved is the beginning of what had left, and little is missing."""
    for loss in lost:
        missing = len(loss.late[len(loss.saved) :].encode())
        if not loss.left.startswith(loss.saved):
            yield f"I-3: the saved text of request {loss.request} is not what the server sent"
        elif loss.lag > SECONDS + GRACE or missing > BYTES:
            yield f"I-3: {loss.bytes} bytes of request {loss.request} are lost, {loss.lag:.2f} seconds old"


def nothing_shrinks(replies: Iterable[Reply], before: Ledger, now: Ledger) -> Iterator[str]:
    """I-3, ever after: no text that was saved goes away, and none is anything but the server's own."""
    for id_, text in before.texts.items():
        if not now.texts.get(id_, "").startswith(text):
            yield f"I-3: text of {id_} that was saved is gone"
    for reply in replies:
        if not reply.text().startswith(now.texts.get(reply.id, "")):
            yield f"I-3: the text of {reply.id} is not what the server sent"


def what_is_paid_is_used(new: Iterable[Reply], replies: Iterable[Reply], before: Ledger) -> Iterator[str]:
    """Every *new* request goes on where the text ends that was saved *before*, but for a seam's breadth."""
    starts = {reply.id: reply for reply in replies}
    reached: dict[str, int] = {}
    for id_, text in before.texts.items():
        old = starts[id_]
        reached[old.section] = max(reached.get(old.section, 0), old.start + len(text))
    for reply in new:
        saved = reached.get(reply.section, 0)
        if reply.start < saved - SEAM:
            yield f"{reply.section} was asked for from character {reply.start} on, and has {saved}"


def no_invisible_spend(replies: Iterable[Reply], ledger: Ledger, *, model: str) -> Iterator[str]:
    """I-4: what is settled is no more than the truth, and with what is held it is no less."""
    row = catalogue().find(model)
    true = sum(row.cost(reply.usage) or 0 for reply in replies)
    settled = sum(row.cost or 0 for row in ledger.rows)
    held = sum(row.held for row in ledger.rows)
    if not settled <= true <= settled + held:
        yield f"I-4: {settled} micro-dollars are settled and {held} held for what came to {true}"


def files_are_whole(found: Files, wanted: Files) -> Iterator[str]:
    """I-13: every file is as it will be in the end, or not there yet."""
    for name, raw in found.items():
        if name == "storygen.lock":
            yield from _lock_is_whole(raw, wanted[name])
        elif not name.endswith(".tmp") and raw != wanted.get(name):
            yield f"I-13: {name} is not what it should be"


def same_book(found: Files, wanted: Files) -> Iterator[str]:
    """I-16: the book is byte by byte that of an uninterrupted run."""
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            yield f"I-16: {name} differs from that of an uninterrupted run"


def undamaged(ledger: Ledger) -> Iterator[str]:
    """Say that SQLite itself finds no fault with the journal."""
    if ledger.damage:
        yield f"the journal is damaged: {ledger.damage}"


def _loss(reply: Reply, ledger: Ledger, died: float) -> Loss:
    left, saved = reply.text(until=died), ledger.texts.get(reply.id, "")
    at = len(saved)
    for moment, piece in reply.pieces:
        at -= len(piece)
        if at < 0:
            return Loss(reply.number, left, saved, reply.text(until=died - GRACE), max(0.0, died - moment))
    return Loss(reply.number, left, saved, left, 0.0)


def _lock_is_whole(raw: bytes, wanted: bytes) -> Iterator[str]:
    try:
        rows, last = (json.loads(each)["sections"] for each in (raw, wanted))
    except (ValueError, KeyError) as error:
        yield f"I-13: storygen.lock cannot be read: {error}"
        return
    for id_, row in rows.items():
        if row != last.get(id_):
            yield f"I-13: storygen.lock says of {id_} what it does not say in the end"
