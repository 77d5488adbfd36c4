"""What a model last objected to in a section: kept, so that its author can decide about it one by one."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from storygen.book.folder import Book
from storygen.book.record import hash_text
from storygen.draft import Objection
from storygen.errors import FileError
from storygen.files.inside import inside, read_inside
from storygen.files.save import save

ROUNDS = 2
"""How often a text is reviewed before its author has to change something."""

_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredReview:
    """The last review of a section, and what became of it.

    `seen` is the hash of the text that was reviewed, `made` are those of the texts that came of applying,
    `round` counts from 1 since its author last changed it. `accepted` are the suggestions that were ever
    applied: those words are a model's.
    """

    objections: tuple[Objection, ...]
    seen: str
    round: int = 1
    model: str = ""
    rehearsed: bool = False
    made: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()


NO_REVIEW = StoredReview((), "")


def round_of(stored: StoredReview | None, text: str) -> int:
    """Return which round a review of *text* now would be, after the one that is *stored*.

    >>> first = StoredReview((), hash_text("It rained."), made=(hash_text("It poured."),))
    >>> [round_of(first, text) for text in ("It rained.", "It poured.", "It snowed.")]
    [1, 2, 1]
    """
    now = hash_text(text)
    if stored and now == stored.seen:
        return stored.round
    return stored.round + 1 if stored and now in stored.made else 1


def applied_to(stored: StoredReview, text: str, suggestions: tuple[str, ...]) -> StoredReview:
    """Return *stored* after *suggestions* of it were put into the text, which is *text* then."""
    made = tuple(dict.fromkeys((*stored.made, hash_text(text))))
    return replace(stored, made=made, accepted=(*stored.accepted, *suggestions))


def read_review(book: Book, section: str) -> StoredReview | None:
    """Return the last review of *section*, an id; None where there is none. Raises FileError."""
    if not inside(book.root, _name(section)).exists():
        return None
    try:
        return _parsed(json.loads(read_inside(book.root, _name(section), limit=_LIMIT)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(
            f"{_name(section)} is damaged: {error}", "delete it; `storygen review --model` makes it again"
        ) from error


def write_review(book: Book, section: str, review: StoredReview) -> None:
    """Keep *review* as the last one of *section*; the caller holds the lock. Raises FileError."""
    path = inside(book.root, _name(section))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    save(path, json.dumps(_spelled(review), ensure_ascii=False, indent=2) + "\n")


def _name(section: str) -> str:
    return f".storygen/versions/{section}/review.json"


def _spelled(review: StoredReview) -> dict[str, object]:
    return {
        "seen": review.seen,
        "round": review.round,
        "model": review.model,
        "rehearsed": review.rehearsed,
        "made": review.made,
        "accepted": review.accepted,
        "findings": [
            {"rule": each.rule, "why": each.message, "quote": each.quote, "suggestion": each.suggestion}
            for each in review.objections
        ],
    }


def _parsed(row: dict[str, Any]) -> StoredReview:
    return StoredReview(
        objections=tuple(
            Objection(
                str(each["rule"]),
                str(each["why"]),
                quote=str(each["quote"]),
                suggestion=str(each["suggestion"]),
            )
            for each in row["findings"]
        ),
        seen=str(row["seen"]),
        round=int(row["round"]),
        model=str(row["model"]),
        rehearsed=bool(row["rehearsed"]),
        made=tuple(map(str, row["made"])),
        accepted=tuple(map(str, row["accepted"])),
    )
