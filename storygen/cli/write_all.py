"""`storygen write` with several outlines: all of them at once, one display, one budget."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from storygen.cli.console import wrapped
from storygen.cli.json_watch import JsonWatch, json_line
from storygen.cli.rescue import rescue
from storygen.cli.running import Stopper, interrupted, until_stopped
from storygen.errors import Interrupted, StorygenError, Unsaved
from storygen.writer.events import BrokeOff, Noted, Polled

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
    from storygen.cli.watch import Watch
    from storygen.desk.allowance import Allowance, waves_of
    from storygen.desk.write_all import awrite_all

    as_json = options["json"]
    watch, json_watch = Watch(console, stream=options["stream"]), JsonWatch()
    tell_all = json_watch.tell if as_json else watch.tell
    waves = waves_of(*projects, tell=tell_all) if options["batch"] else None
    allowance = Allowance.of(*projects, agree=watch.agree, waves=waves)
    watch.purse = allowance.purse
    stopper = Stopper(console.note if as_json else watch.note)
    lines, said = _Lines(stopper), set[Noted]()

    async def work() -> tuple[Outcome, ...]:
        return await awrite_all(
            projects,
            allowance=allowance,
            rehearse=options["rehearse"],
            selection=selection,
            tell=lambda project: lines.tell(project) if as_json else _of_book(watch.tell, project, said),
            stop=lambda: stopper.asked,
            ended=lines.end if as_json else lambda _outcome: None,
        )

    with nullcontext() if as_json else watch:
        outcomes = until_stopped(work, stopper=stopper)
    if not as_json:
        for outcome in outcomes:
            _show_ended(console, outcome)
        _say_of_all(console, outcomes)
    return [_code(outcome, stopper) for outcome in outcomes]


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


class _Lines:
    """The JSON lines of several books; the last of each comes as soon as it has ended."""

    def __init__(self, stopper: Stopper) -> None:
        self._stopper = stopper
        self._watches: dict[Path, JsonWatch] = {}

    def tell(self, project: Project) -> Tell:
        """Return what prints the events of *project*."""
        return self._watches.setdefault(project.outline.path, JsonWatch(_name(project))).tell

    def end(self, outcome: Outcome) -> None:
        """Print the last event of a book."""
        from storygen.cli.report import book_event, failed_event

        project, code = outcome.project, _code(outcome, self._stopper)
        if outcome.written is not None:
            json_line(event="book", **book_event(project, outcome.written), code=code)
            return
        error = outcome.error or interrupted(self._stopper)
        error = rescue(error) if isinstance(error, Unsaved) else error
        json_line(**failed_event(project, error, code=code, watch=self._watches[project.outline.path]))


def _show_ended(console: Console, outcome: Outcome) -> None:
    """Say how one book ended."""
    from storygen.cli.report import show_written

    if outcome.written is not None:
        console.note(f"\n{outcome.project.outline.title} ({_name(outcome.project)})")
        show_written(console, outcome.project, outcome.written, alone=False)
    elif outcome.error is not None:
        error = outcome.error
        _show_failed(console, outcome.project, rescue(error) if isinstance(error, Unsaved) else error)


def _code(outcome: Outcome, stopper: Stopper) -> int:
    """Return the exit code of one book."""
    if outcome.error is not None:
        return code_of(outcome.error)
    if outcome.written is None or stopper.asked:
        return code_of(interrupted(stopper))
    return 0 if outcome.written.whole else 1


def code_of(error: StorygenError) -> int:
    """Return the exit code that *error* leads to."""
    return 128 + error.signal if isinstance(error, Interrupted) else error.exit_code


def _show_failed(console: Console, project: Project, error: StorygenError) -> None:
    console.sentence(f"\n{_name(project)}: {error.message}")
    for note in error.notes:
        console.say(wrapped(f"   {note}"))
    if error.help:
        console.say(wrapped(f"   = next: {error.help}"))


def _of_book(tell: Tell, project: Project, said: set[Noted]) -> Tell:
    """Return what tells *tell* of the events of *project*, each with the name of its book.

    What is the same for all of them is told if it is not *said* yet.
    """
    name = _name(project)

    def told(event: Event) -> None:
        match event:
            case Noted(everywhere=True):
                if event not in said:
                    said.add(event)
                    tell(event)
            case Noted(message=message):
                tell(Noted(f"{name}: {message}"))
            case Polled() | BrokeOff():
                tell(event)
            case _:
                tell(replace(event, section=replace(event.section, id=f"{name}: {event.section.id}")))

    return told


def _name(project: Project) -> str:
    """Return how a person tells this outline from the others."""
    return str(project.outline.path)
