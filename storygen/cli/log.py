"""`storygen log`: every request, and what became of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from storygen.cli.caching import cache_text, misses_text
from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import as_json, book_option, outlines_and_ids, shared
from storygen.cli.table import dollars, money, short, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from storygen.book.attempts import Attempt
    from storygen.cli.console import Console
    from storygen.desk.log import Log
    from storygen.desk.project import Project
    from storygen.messages import Usage

_HEAD = ("section", "started", "took", "leg", "fate", "stop", "in", "cached", "out", "cost")
_MORE = ("model", "request id", "why")
"""Columns that only `-v` has room for."""

_RIGHT = (2, 3, 6, 7, 8, 9)


@click.command()
@outlines_and_ids
@click.option("--replies", is_flag=True, help="What came back, too, word for word.")
@book_option
@as_json
@shared
def log(*, console: Console, names: tuple[str, ...], replies: bool, book: Path | None, json: bool) -> None:
    """Show every request: when, what it took, what became of it.

    Nothing is left out: failed ones, rehearsed ones, those of sections that are gone from the outline. With
    -v the model, the request id and why it failed; --json has every field.
    """
    from storygen.desk.log import log as look
    from storygen.desk.log import replies as came

    found = named(names)
    projects = [open_here(path, book=book) for path in found.outlines]
    logs = [(project, look(project, ids=found.ids)) for project in projects]
    texts = [came(project, log.attempts) if replies else {} for project, log in logs]
    if json and len(logs) == 1:
        console.document(**_document(*logs[0], texts[0]))
    elif json:
        console.document(
            books=[_document(project, log, text) for (project, log), text in zip(logs, texts, strict=True)]
        )
    else:
        for (project, log), text in zip(logs, texts, strict=True):
            console.product(_text(project, log, text, more=console.verbose))


def _text(project: Project, log: Log, replies: Mapping[int, str], *, more: bool) -> str:
    if not log.attempts:
        return f"{project.outline.title}: nothing was asked for yet."
    usage = log.usage
    foot = (
        *("total", "", "", str(len(log.attempts)), "", "", short(usage.prompt_tokens)),
        *(_share(usage), short(usage.output_tokens), money(log.cost)),
    )
    head = _HEAD + _MORE if more else _HEAD
    rows = [_row(attempt) + (_rest(attempt) if more else ()) for attempt in log.attempts]
    padded = (*foot, *("",) * (len(head) - len(foot)))
    text = f"{project.outline.title}\n\n" + table(head, rows, right=_RIGHT, foot=padded)
    for sentence in filter(None, (cache_text(log.usage, log.saved), misses_text(log.misses))):
        text += f"\n\n{sentence}"
    if log.unanswered:
        text += f"\n\nOf {log.unanswered:,} there is no answer yet."
    if log.unbilled:
        text += f"\n\nOf {log.unbilled:,} it is not known what they cost; the total is what the others did."
    return "\n\n".join([text, *_replies(log, replies)])


def _replies(log: Log, replies: Mapping[int, str]) -> Iterator[str]:
    """Yield what came back, each under a line that says of what."""
    for attempt in log.attempts:
        if reply := replies.get(attempt.id):
            yield f"--- {attempt.section}, leg {attempt.leg}, {attempt.fate} ---\n\n{reply.strip()}"


def _row(attempt: Attempt) -> tuple[str, ...]:
    usage = attempt.usage
    return (
        attempt.section,
        f"{datetime.fromtimestamp(attempt.started).astimezone():%m-%d %H:%M}",
        "-" if attempt.ended is None else f"{attempt.ended - attempt.started:.0f} s",
        str(attempt.leg),
        attempt.fate,
        attempt.stop_reason or "-",
        short(usage.prompt_tokens),
        _share(usage),
        short(usage.output_tokens),
        money(attempt.cost),
    )


def _rest(attempt: Attempt) -> tuple[str, ...]:
    model = (attempt.answered_by or attempt.model) + (" (rehearsed)" if attempt.rehearsed else "")
    return (model, attempt.request_id or "-", attempt.cause or (attempt.miss.words if attempt.miss else ""))


def _share(usage: Usage) -> str:
    return "-" if usage.cache_share is None else f"{usage.cache_share:.0%}"


def _document(project: Project, log: Log, replies: Mapping[int, str]) -> dict[str, object]:
    return {
        "outline": str(project.outline.path),
        "book": str(project.book.root),
        "attempts": [_attempt(attempt, replies.get(attempt.id)) for attempt in log.attempts],
        "total": {
            "attempts": len(log.attempts),
            "usage": asdict(log.usage),
            "cache_share": log.usage.cache_share,
            "cache_saved": dollars(log.saved),
            "cost": dollars(log.cost),
            "unbilled": log.unbilled,
            "unanswered": log.unanswered,
        },
    }


def _attempt(attempt: Attempt, reply: str | None) -> dict[str, object]:
    from storygen.catalogue import catalogue
    from storygen.desk.log import saved_by

    return {
        **asdict(attempt),
        "cost": dollars(attempt.cost),
        "reserved": dollars(attempt.reserved),
        "started": _when(attempt.started),
        "ended": None if attempt.ended is None else _when(attempt.ended),
        "cache_miss": asdict(attempt.miss) if attempt.miss else None,
        "cache_share": attempt.usage.cache_share,
        "cache_saved": dollars(saved_by(attempt, catalogue())),
        **({} if reply is None else {"reply": reply}),
    }


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="milliseconds")
