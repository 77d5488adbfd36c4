"""`storygen write`: the main job."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import allow_commands, book_option, outlines_and_ids, shared
from storygen.errors import Interrupted, StorygenError, UsageError

if TYPE_CHECKING:
    from storygen.cli.console import Console
    from storygen.desk.project import Project
    from storygen.desk.select import Selection
    from storygen.desk.written import Written

_SETTINGS = (
    *("model", "max_tokens", "temperature", "effort", "context", "on_refusal", "on_unknown", "base_url"),
    *("budget", "max_calls", "max_output_tokens", "jobs"),
)
_INTERRUPTED = (130, 143, 129)
WORST_FIRST = (*_INTERRUPTED, 5, 4, 3, 2, 1, 0)


MANY = 5_000
"""Sections; more than that is asked about before anything is sent."""


@click.command()
@outlines_and_ids
@click.option("--dry-run", is_flag=True, help="Calls, tokens and price per section; nothing is sent.")
@click.option("--exact", is_flag=True, help="With --dry-run: the server counts the prompts, if it can; free.")
@click.option("--rehearse", is_flag=True, help="Write with the built-in model: offline, free.")
@click.option("--model", metavar="MODEL", help="The model; `storygen models` lists them.")
@click.option("--max-tokens", metavar="N", help="The most tokens of one reply.")
@click.option("--temperature", metavar="T", help="0 to 1, where the model takes it.")
@click.option("--effort", metavar="LEVEL", help="low, medium, high, xhigh or max.")
@click.option("--context", metavar="HOW", help="rolling (default), full, or auto: the cheaper of the two.")
@click.option("--budget", metavar="DOLLARS", help="The most that this run may cost.")
@click.option("--max-calls", metavar="N", help="The most requests of this run.")
@click.option("--max-output-tokens", metavar="N", help="The most tokens that this run may write.")
@click.option("--jobs", metavar="N", help="Write up to N sections at once, where `after` allows it.")
@click.option("--batch", is_flag=True, help="Send in batches: half the price, within a day.")
@click.option("--stale", is_flag=True, help="Replace stale text too, where nobody edited it.")
@click.option("--from", "start", metavar="ID", default="", help="Begin at this section.")
@click.option("--to", "end", metavar="ID", default="", help="End with this section.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Write at most N sections.")
@click.option("--on-refusal", metavar="WHAT", help="stop (default) or skip.")
@click.option("--on-unknown", metavar="WHAT", help="After a lost answer: retry-once (default), ask or stop.")
@click.option("--stream", is_flag=True, help="Show the prose on stdout as it comes.")
@click.option("--base-url", metavar="URL", help="Another server that speaks the Messages API.")
@click.option("-o", "--output", metavar="FILE", help="The manuscript goes here too; - is stdout.")
@click.option("--yes", is_flag=True, help="Agree to more sections than any book has.")
@allow_commands
@book_option
@click.option("--json", is_flag=True, help="A JSON line for every event; the last of a book is `book`.")
@shared
@click.pass_context
def write(ctx: click.Context, /, *, console: Console, names: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - click's options
    """Write what is missing, then compile the manuscript.

    The same command goes on where it was stopped; what is written is never asked for again. Without a key,
    an endpoint or a model it rehearses: the built-in model writes placeholder prose.
    """
    from storygen.desk.select import Selection

    found = named(names)
    if options["output"] == "-" and (options["stream"] or options["json"]):
        raise UsageError("stdout cannot hold both", "give -o a file, or leave out --stream and --json")
    if options["exact"] and not options["dry_run"]:
        raise UsageError("--exact goes with --dry-run", "write counts what it is billed for anyway")
    if options["batch"] and options["stream"]:
        raise UsageError("--batch brings whole replies, --stream shows them as they come", "choose one")
    if options["batch"] and options["jobs"]:
        raise UsageError("--batch sends all that may be sent at once, --jobs some of it", "choose one")
    if options["output"] and len(found.outlines) > 1:
        raise UsageError("-o takes one outline", "`storygen build -o FILE` compiles each of them")
    selection = Selection(
        found.ids, options["start"], options["end"], options["limit"], stale=options["stale"]
    )
    if len(found.outlines) == 1 or options["dry_run"]:
        codes = [_one(console, path, selection, options) for path in found.outlines]
    else:
        codes = _many(console, found.outlines, selection, options)
    ctx.exit(next(code for code in WORST_FIRST if code in codes))


def _one(console: Console, path: Path, selection: Selection, options: dict[str, Any]) -> int:
    project = _opened(path, options)
    if options["dry_run"]:
        from storygen.cli.dry_run import show_estimate

        exact, batch = options["exact"], options["batch"]
        show_estimate(console, project, selection, exact=exact, batch=batch, json=options["json"])
        return 0
    _consent(project, limit=options["limit"], yes=options["yes"])
    if options["json"]:
        return _as_json(project, selection, rehearse=options["rehearse"], batch=options["batch"])
    return _on_screen(console, project, selection, options)


def _many(
    console: Console, paths: tuple[Path, ...], selection: Selection, options: dict[str, Any]
) -> list[int]:
    """Write all books whose outlines can be read; those that cannot stop no other."""
    from storygen.cli.write_all import show_tally, write_all

    projects, codes = [], dict.fromkeys(paths, 0)
    said: set[str] = set()
    for path in paths:
        try:
            project = _opened(path, options)
            _consent(project, limit=options["limit"], yes=options["yes"])
            projects.append(project)
        except StorygenError as error:
            codes[path] = _unopened(path, error, as_json=options["json"], said=said)
    if projects:
        codes |= zip(
            (project.outline.path for project in projects),
            write_all(console, projects, selection, options),
            strict=True,
        )
    if not options["json"]:
        show_tally(console, codes)
    return list(codes.values())


def _unopened(path: Path, error: StorygenError, *, as_json: bool, said: set[str]) -> int:
    """Say why the book of *path* cannot be written, if nobody *said* so yet, and return its exit code."""
    from storygen.cli.group import show_error
    from storygen.cli.json_watch import json_line
    from storygen.cli.report import unopened_event
    from storygen.cli.write_all import code_of

    if as_json:
        json_line(**unopened_event(path, error, code=code_of(error)))
    elif error.message not in said:
        show_error(error)
    said.add(error.message)
    return code_of(error)


def _opened(path: Path, options: dict[str, Any]) -> Project:
    return open_here(path, flags={name: options[name] for name in _SETTINGS}, book=options["book"])


def _consent(project: Project, *, limit: int | None, yes: bool) -> None:
    """Have a person agree to a book that is larger than any; raises UsageError where nobody does."""
    sections = min(len(project.outline.sections), limit or MANY + 1)
    if sections <= MANY or yes:
        return
    from storygen.cli.table import money
    from storygen.desk.estimate import text_alone

    size = (
        f"{len(project.outline.sections):,} sections, about {money(text_alone(project))} for the text alone"
    )
    if sys.stdin.isatty() and click.confirm(f"{size}. Write them?", err=True):
        return
    raise UsageError(f"{size}: that wants your consent", "add --yes, or write some of them with --limit N")


def _on_screen(console: Console, project: Project, selection: Selection, options: dict[str, Any]) -> int:
    from storygen.cli.report import show_written
    from storygen.desk.at_rest import at_rest

    written, asked = at_rest(project, selection, rehearse=options["rehearse"]), False
    if written is None:
        written, asked = _watched(console, project, selection, options)
    show_written(console, project, written)
    if options["output"]:
        _put(console, project, options["output"])
    if asked:
        raise Interrupted("stopped as you asked", "run the same command again to go on")
    return 0 if written.whole else 1


def _watched(
    console: Console, project: Project, selection: Selection, options: dict[str, Any]
) -> tuple[Written, bool]:
    """Write *project* on the screen, and say whether a person asked to stop."""
    from storygen.cli.running import Stopper, run
    from storygen.cli.watch import Watch
    from storygen.desk.allowance import Allowance, waves_of

    with Watch(console, stream=options["stream"]) as watch:
        stopper = Stopper(watch.note)
        waves = waves_of(project, tell=watch.tell) if options["batch"] else None
        allowance = Allowance.of(project, agree=watch.agree, waves=waves)
        watch.purse = allowance.purse
        written = run(
            project,
            selection,
            rehearse=options["rehearse"],
            tell=watch.tell,
            stopper=stopper,
            allowance=allowance,
        )
    return written, stopper.asked


def _as_json(project: Project, selection: Selection, *, rehearse: bool, batch: bool) -> int:
    from storygen.cli.console import Console
    from storygen.cli.json_watch import JsonWatch, json_line
    from storygen.cli.report import book_event, failed_event
    from storygen.cli.running import Stopper, run
    from storygen.cli.watch import Watch
    from storygen.cli.write_all import code_of
    from storygen.desk.allowance import Allowance, waves_of
    from storygen.desk.at_rest import at_rest

    stopper, watch = Stopper(Console(quiet=True).note), JsonWatch()
    waves = waves_of(project, tell=watch.tell) if batch else None
    try:
        written = at_rest(project, selection, rehearse=rehearse) or run(
            project,
            selection,
            rehearse=rehearse,
            tell=watch.tell,
            stopper=stopper,
            allowance=Allowance.of(project, agree=Watch(Console(quiet=True)).agree, waves=waves),
        )
    except StorygenError as error:
        code = code_of(error)
        json_line(**failed_event(project, error, code=code, watch=watch))
        return code
    code = 130 if stopper.asked else 0 if written.whole else 1
    json_line(event="book", **book_event(project, written), code=code)
    return code


def _put(console: Console, project: Project, output: str) -> None:
    from storygen.desk.build import compiled
    from storygen.files.save import save

    text = compiled(project).text
    if output == "-":
        console.product(text)
    else:
        save(Path(output), text)
        console.note(f"also compiled to {output}")
