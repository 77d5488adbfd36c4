"""What a run did, at its end: a table for a person, an object for a program."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from storygen.cli.console import wrapped
from storygen.cli.naming import again
from storygen.cli.table import dollars, money, short, table
from storygen.desk.states import State, state_of_all
from storygen.text.words import count_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.cli.json_watch import JsonWatch
    from storygen.desk.project import Project
    from storygen.desk.written import Aside, Written
    from storygen.draft import Draft
    from storygen.errors import StorygenError

_HEAD = ("section", "words/target", "legs", "stop reason", "in", "out", "cost")


def show_written(console: Console, project: Project, written: Written, *, alone: bool = True) -> None:
    """Show the table of what was written, where the manuscript is, and what to type next.

    That a book was rehearsed is said where it was written *alone*; of several it is said once.
    """
    if written.drafts or written.asides:
        console.note("\n" + _table(project, written))
    for line in _remarks(project, written, alone=alone):
        console.note(wrapped(line))


def rehearsed_text(books: Iterable[Written]) -> str:
    """Return the sentence that the *books* of a run were rehearsed; nothing where none was."""
    models = [model for written in books if _is_rehearsal(written) for model in _models(written)]
    if not models:
        return ""
    return (
        f"Rehearsed by the built-in model: nothing was sent or paid; {' and '.join(dict.fromkeys(models))} "
        "would have cost that much. With a key in ANTHROPIC_API_KEY the same command writes the real thing."
    )


def book_event(project: Project, written: Written) -> dict[str, object]:
    """Return the last event of a book: its totals, and how it ended."""
    return {
        "outline": str(project.outline.path),
        "book": str(project.book.root),
        "state": state_of_all(written.standings),
        "rehearsed": written.rehearsed,
        "written": len(written.drafts),
        "held_back": list(written.held_back),
        "stale": list(written.stale),
        "manuscript": str(written.manuscript) if written.manuscript else None,
        "total": {
            "words": sum(count_words(draft.text) for draft in written.drafts),
            "usage": asdict(written.usage),
            "cost": 0.0 if written.rehearsed else dollars(written.cost),
            "held": dollars(written.spent.held),
            "unknown": written.spent.unknown,
        },
    }


def failed_event(project: Project, error: StorygenError, *, code: int, watch: JsonWatch) -> dict[str, object]:
    """Return the last event of a book that *error* has stopped, as *watch* has heard of it."""
    found = watch.broke_off
    return {
        **unopened_event(project.outline.path, error, code=code),
        "book": str(project.book.root),
        "state": found.state or None,
        "total": {
            "words": watch.words,
            "usage": asdict(found.usage),
            "cost": dollars(found.spent.settled),
            "held": dollars(found.spent.held),
            "unknown": found.spent.unknown,
        },
    }


def unopened_event(outline: Path, error: StorygenError, *, code: int) -> dict[str, object]:
    """Return the only event of a book whose *outline* could not be read."""
    said = {"error": error.message, "help": error.help, "notes": list(error.notes)}
    return {"event": "book", "outline": str(outline), "code": code, **said}


def _table(project: Project, written: Written) -> str:
    targets = {section.id: section.words.aim for section in project.outline.sections}
    words = sum(count_words(draft.text) for draft in written.drafts)
    target = sum(targets[draft.id] for draft in written.drafts)
    usage = written.usage
    foot = (
        "total",
        f"{words:,}/{target:,}" if written.drafts else "",
        str(sum(len(draft.legs) for draft in written.drafts)) if written.drafts else "",
        "",
        short(usage.prompt_tokens),
        short(usage.output_tokens),
        money(written.cost),
    )
    rows = [_row(draft, targets[draft.id], written.costs[draft.id]) for draft in written.drafts]
    rows += [_aside(each) for each in written.asides]
    return table(_HEAD, rows, right=[1, 2, 4, 5, 6], foot=foot)


def _row(draft: Draft, target: int, cost: int | None) -> tuple[str, ...]:
    return (
        draft.id,
        f"{count_words(draft.text):,}/{target:,}",
        str(len(draft.legs)),
        draft.stop_reason or "-",
        short(draft.usage.prompt_tokens),
        short(draft.usage.output_tokens),
        money(cost),
    )


def _aside(each: Aside) -> tuple[str, ...]:
    called = f"{each.calls:,} × {each.step}"
    usage = each.usage
    return (called, "", "", "", short(usage.prompt_tokens), short(usage.output_tokens), money(each.cost))


def _is_rehearsal(written: Written) -> bool:
    return written.rehearsed and bool(written.drafts or written.asides)


def _remarks(project: Project, written: Written, *, alone: bool) -> list[str]:
    lines = [""]
    if not written.drafts and not written.asides and not written.held_back:
        lines.append("Everything is written; nothing was sent.")
    if written.stale:
        count = len(written.stale)
        texts = "1 text is" if count == 1 else f"{count:,} texts are"
        lines.append(
            f"{texts} stale, because something has changed since: "
            f"storygen status {again(project.outline.path)} --why"
        )
    if written.spent.held:
        lines.append(_unheard(written))
    if written.held_back:
        lines.append(f"Held back: {', '.join(written.held_back)}.")
        lines.append("Run the same command again to go on.")
    if alone and _is_rehearsal(written):
        lines.append(rehearsed_text([written]))
    if not _is_rehearsal(written) and any(each.state is State.REHEARSED for each in written.standings):
        lines.append("Some sections come from the built-in model; a real one writes them anew.")
    if written.manuscript:
        lines.append(f"Manuscript: {written.manuscript}")
    return lines


def _unheard(written: Written) -> str:
    """Say what a budget counts for answers that were lost or broke off, since nobody knows their bill."""
    count = written.spent.unknown
    lost = f"{count:,} request{'s were' if count > 1 else ' was'} never answered" if count else ""
    whose = f"{lost}; what was lost or broke off" if lost else "What broke off"
    return f"{whose} may be billed, and counts as {money(written.spent.held)}, the most it can have cost."


def _models(written: Written) -> tuple[str, ...]:
    return (*written.models.values(), *(model for aside in written.asides for model in aside.models))
