"""`storygen write`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import as_json, book_option, outlines_and_ids, shared
from storygen.errors import Interrupted, StorygenError, UsageError

if TYPE_CHECKING:
    from storygen.cli.console import Console
    from storygen.desk.project import Project
    from storygen.desk.select import Selection

_SETTINGS = ("model", "max_tokens", "temperature", "effort", "on_refusal", "base_url")
_WORST_FIRST = (130, 143, 129, 5, 4, 3, 2, 1, 0)


@click.command()
@outlines_and_ids
@click.option("--dry-run", is_flag=True, help="Calls, tokens and price per section; nothing is sent.")
@click.option("--rehearse", is_flag=True, help="Write with the built-in model: offline, free.")
@click.option("--model", metavar="MODEL", help="The model; `storygen models` lists them.")
@click.option("--max-tokens", metavar="N", help="The most tokens of one reply.")
@click.option("--temperature", metavar="T", help="0 to 1, where the model takes it.")
@click.option("--effort", metavar="LEVEL", help="low, medium, high, xhigh or max.")
@click.option("--from", "start", metavar="ID", default="", help="Begin at this section.")
@click.option("--to", "end", metavar="ID", default="", help="End with this section.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Write at most N sections.")
@click.option("--on-refusal", metavar="WHAT", help="stop (default) or skip.")
@click.option("--stream", is_flag=True, help="Show the prose on stdout as it comes.")
@click.option("--base-url", metavar="URL", help="Another server that speaks the Messages API.")
@click.option("-o", "--output", metavar="FILE", help="The manuscript goes here too; - is stdout.")
@book_option
@as_json
@shared
@click.pass_context
def write(ctx: click.Context, /, *, console: Console, names: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - click's options
    """Write what is missing, then compile the manuscript.

    The same command goes on where it was stopped; what is written is never asked for again. Without a key,
    an endpoint or a model it rehearses: the built-in model writes placeholder prose.
    """
    found = named(names)
    if options["output"] == "-" and (options["stream"] or options["json"]):
        raise UsageError("stdout cannot hold both", "give -o a file, or leave out --stream and --json")
    codes = [_one(console, path, found.ids, options) for path in found.outlines]
    ctx.exit(next(code for code in _WORST_FIRST if code in codes))


def _one(console: Console, path: Path, ids: tuple[str, ...], options: dict[str, Any]) -> int:
    from storygen.desk.select import Selection

    flags = {name: options[name] for name in _SETTINGS}
    project = open_here(path, flags=flags, book=options["book"])
    selection = Selection(ids, options["start"], options["end"], options["limit"])
    if options["dry_run"]:
        from storygen.cli.dry_run import show_estimate

        show_estimate(console, project, selection, json=options["json"])
        return 0
    if options["json"]:
        return _as_json(project, selection, rehearse=options["rehearse"])
    return _on_screen(console, project, selection, options)


def _on_screen(console: Console, project: Project, selection: Selection, options: dict[str, Any]) -> int:
    from storygen.cli.report import show_written
    from storygen.cli.running import Stopper, run
    from storygen.cli.watch import Watch

    with Watch(console, stream=options["stream"]) as watch:
        stopper = Stopper(console)
        written = run(project, selection, rehearse=options["rehearse"], tell=watch.tell, stopper=stopper)
    show_written(console, project, written)
    if options["output"]:
        _put(console, project, options["output"])
    if stopper.asked:
        raise Interrupted("stopped as you asked", "run the same command again to go on")
    return 0 if written.whole else 1


def _as_json(project: Project, selection: Selection, *, rehearse: bool) -> int:
    from storygen.cli.console import Console
    from storygen.cli.report import book_event
    from storygen.cli.running import Stopper, run
    from storygen.cli.watch import JsonWatch, json_line

    stopper = Stopper(Console(quiet=True))
    try:
        written = run(project, selection, rehearse=rehearse, tell=JsonWatch().tell, stopper=stopper)
    except StorygenError as error:
        code = 128 + error.signal if isinstance(error, Interrupted) else error.exit_code
        json_line(
            event="book", outline=str(project.outline.path), code=code, error=error.message, help=error.help
        )
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
