"""`storygen write` with several outlines: all of them at once, one display, one budget."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from storygen.cli.console import wrapped
from storygen.errors import Interrupted, StorygenError, Unsaved
from storygen.writer.events import Noted, Polled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.desk.project import Project
    from storygen.desk.select import Selection
    from storygen.desk.write_all import Outcome
    from storygen.writer.events import Event, Tell

_NAMED = 8
"""Books that are named of those that are not whole."""


def write_all(
    console: Console, projects: Sequence[Project], selection: Selection, options: dict[str, Any]
) -> list[int]:
    """Write *projects* at once, say how each of them ended, and return their exit codes."""
    from storygen.cli.json_watch import JsonWatch
    from storygen.cli.running import Stopper, until_stopped
    from storygen.cli.watch import Watch
    from storygen.desk.allowance import Allowance, waves_of
    from storygen.desk.write_all import awrite_all

    as_json = options["json"]
    watch = Watch(console, stream=options["stream"])
    waves = (
        waves_of(*projects, tell=JsonWatch().tell if as_json else watch.tell) if options["batch"] else None
    )
    allowance = Allowance.of(*projects, agree=watch.agree, waves=waves)
    watch.purse = allowance.purse

    def tell(project: Project) -> Tell:
        return JsonWatch(_name(project)).tell if as_json else _of_book(watch.tell, project)

    stopper = Stopper(console)

    async def work() -> tuple[Outcome, ...]:
        return await awrite_all(
            projects,
            allowance=allowance,
            rehearse=options["rehearse"],
            selection=selection,
            tell=tell,
            stop=lambda: stopper.asked,
        )

    with nullcontext() if as_json else watch:
        outcomes = until_stopped(work, stopper=stopper)
    codes = [_ended(console, outcome, stopped=stopper.asked, as_json=as_json) for outcome in outcomes]
    if not as_json:
        _say_of_all(console, outcomes)
    return codes


def show_tally(console: Console, codes: Mapping[Path, int]) -> None:
    """Say which books of a run are not whole, by the exit code of each, where some are not."""
    failed = [f"{path} ({code})" for path, code in codes.items() if code]
    if not failed:
        return
    named, more = failed[:_NAMED], len(failed) - _NAMED
    rest = f", and {more:,} more" if more > 0 else ""
    whole = len(codes) - len(failed)
    console.note(
        "\n" + wrapped(f"{whole:,} of {len(codes):,} books are whole; not {', '.join(named)}{rest}.")
    )


def _say_of_all(console: Console, outcomes: Iterable[Outcome]) -> None:
    from storygen.cli.report import rehearsed_text

    if said := rehearsed_text(outcome.written for outcome in outcomes if outcome.written):
        console.note("\n" + wrapped(said))


def _ended(console: Console, outcome: Outcome, *, stopped: bool, as_json: bool) -> int:
    """Say how one book ended, and return its exit code."""
    from storygen.cli.json_watch import json_line
    from storygen.cli.report import book_event, failed_event, show_written
    from storygen.cli.rescue import rescue

    error = outcome.error
    if error is not None:
        error = rescue(error) if isinstance(error, Unsaved) else error
        code = code_of(error)
        if as_json:
            json_line(**failed_event(outcome.project, error, code=code))
        else:
            _show_failed(console, outcome.project, error)
        return code
    if outcome.written is None:
        return 130
    code = 130 if stopped else 0 if outcome.written.whole else 1
    if as_json:
        json_line(event="book", **book_event(outcome.project, outcome.written), code=code)
    else:
        console.note(f"\n{outcome.project.outline.title} ({_name(outcome.project)})")
        show_written(console, outcome.project, outcome.written, alone=False)
    return code


def code_of(error: StorygenError) -> int:
    """Return the exit code that *error* leads to."""
    return 128 + error.signal if isinstance(error, Interrupted) else error.exit_code


def _show_failed(console: Console, project: Project, error: StorygenError) -> None:
    console.sentence(f"\n{_name(project)}: {error.message}")
    for note in error.notes:
        console.say(wrapped(f"   {note}"))
    if error.help:
        console.say(wrapped(f"   = next: {error.help}"))


def _of_book(tell: Tell, project: Project) -> Tell:
    """Return what tells *tell* of the events of *project*, each with the name of its book."""
    name = _name(project)

    def told(event: Event) -> None:
        match event:
            case Noted(message=message):
                tell(Noted(f"{name}: {message}"))
            case Polled():
                tell(event)
            case _:
                tell(replace(event, section=replace(event.section, id=f"{name}: {event.section.id}")))

    return told


def _name(project: Project) -> str:
    """Return how a person tells this outline from the others."""
    return str(project.outline.path)
