"""`storygen plan`: a request becomes an outline."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storygen.cli.naming import quoted
from storygen.cli.opening import begin_here
from storygen.cli.options import as_json, shared
from storygen.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from storygen.cli.console import Console
    from storygen.desk.plan import Planned
    from storygen.desk.project import Project
    from storygen.prompts.planning import Brief

_SETTINGS = (
    *("model", "max_tokens", "effort", "on_unknown", "base_url"),
    *("budget", "max_calls", "max_output_tokens"),
)
MOST_WORDS = 10_000_000
MANY = 1_000_000
"""Words; the plan of a longer book is asked about before anything is sent."""


@click.command()
@click.argument("request", metavar="REQUEST.md", type=click.Path(path_type=Path, allow_dash=True))
@click.option("-o", "--output", metavar="FILE", help="Where the outline goes; without it, to stdout.")
@click.option("--words", metavar="N", type=click.IntRange(1, MOST_WORDS), help="How long the book is to be.")
@click.option("--kind", type=click.Choice(["fiction", "docs"]), help="What it is; else as it sounds.")
@click.option("--critique", is_flag=True, help="Have the plan of the whole looked at once more.")
@click.option("--rehearse", is_flag=True, help="Plan with the built-in model: offline, free.")
@click.option("--model", metavar="MODEL", help="The model; `storygen models` lists them.")
@click.option("--max-tokens", metavar="N", help="The most tokens of one reply.")
@click.option("--effort", metavar="LEVEL", help="low, medium, high, xhigh or max.")
@click.option("--budget", metavar="DOLLARS", help="The most that this run may cost.")
@click.option("--max-calls", metavar="N", help="The most requests of this run.")
@click.option("--max-output-tokens", metavar="N", help="The most tokens that this run may write.")
@click.option("--on-unknown", metavar="WHAT", help="After a lost answer: retry-once (default), ask or stop.")
@click.option("--base-url", metavar="URL", help="Another server that speaks the Messages API.")
@click.option("--yes", is_flag=True, help="Agree to the plan of a book longer than any.")
@as_json
@shared
def plan(*, console: Console, request: Path, output: str | None, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Make an outline of a request: a paragraph, or ten pages; - reads it from stdin.

    First the whole, then every piece of it: chapters, scenes with beats, words, who and where; pages and
    sections for --kind docs. The same command goes on where it was stopped; nothing is paid for twice.
    """
    from storygen.desk.plan import refuse_taken
    from storygen.outline.tree import Outline

    target = _target(output)
    if target:
        refuse_taken(target)
    brief = _brief(console, request, options)
    outline = Outline("", target or Path("outline.yaml"), brief.kind)
    project = begin_here(outline, flags={name: options[name] for name in _SETTINGS})
    _consent(brief, yes=options["yes"])
    planned = _run(console, project, brief, options)
    path = _put(console, project, planned, to_file=target is not None, json=options["json"])
    if options["json"]:
        console.document(**_document(project, planned, path))
    else:
        _report(console, planned, path)
    if not planned.finished:
        raise Interrupted("stopped as you asked", "run the same command again to go on")
    return 0 if planned.sound else 1


def _brief(console: Console, request: Path, options: dict[str, Any]) -> Brief:
    from storygen.desk.request import kind_of, read_request, read_request_file
    from storygen.outline.tree import Kind
    from storygen.prompts.planning import Brief

    if request == Path("-"):
        if sys.stdin.isatty():
            console.note("Say what the book is to be; end with Ctrl-D on a line of its own.")
        text, source = read_request(sys.stdin.buffer.read(), "stdin"), "stdin"
    else:
        text, source = read_request_file(request), request.name
    kind = Kind(options["kind"]) if options["kind"] else kind_of(text)
    if not options["kind"]:
        console.note(f"   planned as {kind}, which it sounds like; --kind says otherwise")
    return Brief(text, kind, options["words"] or 0, source, options["critique"])


def _target(output: str | None) -> Path | None:
    """Return the file that the outline goes to; None where it goes to stdout."""
    if output is None or output == "-":
        return None
    path = Path(output)
    return path / "outline.yaml" if path.is_dir() else path


def _consent(brief: Brief, *, yes: bool) -> None:
    """Have a person agree to a plan that takes very many requests; raises UsageError where nobody does."""
    if brief.words <= MANY or yes:
        return
    size = f"a book of {brief.words:,} words takes some {brief.words // 4_000:,} requests to plan"
    if sys.stdin.isatty() and click.confirm(f"{size}. Plan it?", err=True):
        return
    raise UsageError(f"{size}: that wants your consent", "add --yes, or a smaller --words")


def _run(console: Console, project: Project, brief: Brief, options: dict[str, Any]) -> Planned:
    from storygen.cli.console import Console as Screen
    from storygen.cli.running import Stopper, until_stopped
    from storygen.cli.watch import Watch
    from storygen.desk.allowance import Allowance
    from storygen.desk.plan import aplan

    seen = Screen(quiet=True) if options["json"] else console
    with Watch(seen) as watch:
        stopper = Stopper(watch.note)
        allowance = Allowance.of(project, agree=watch.agree)
        watch.purse = allowance.purse
        return until_stopped(
            lambda: aplan(
                project,
                brief,
                rehearse=options["rehearse"],
                tell=watch.tell,
                stop=lambda: stopper.asked,
                allowance=allowance,
            ),
            stopper=stopper,
        )


def _put(console: Console, project: Project, planned: Planned, *, to_file: bool, json: bool) -> Path | None:
    """Put the outline where it is wanted, and return its file if it has one; half a plan goes nowhere."""
    from storygen.desk.plan import lay

    if not (planned.text and planned.finished):
        return None
    if to_file:
        return lay(project, planned)
    if not json:
        console.product(planned.text)
    return None


def _report(console: Console, planned: Planned, path: Path | None) -> None:
    """Say what came of it, what is wrong with it, and what to type next."""
    from storygen.cli.screen import findings_text
    from storygen.cli.table import many, money

    if planned.findings:
        console.findings(findings_text(planned.findings))
    if planned.outline and planned.finished:
        sections, words = len(planned.outline.sections), planned.outline.words
        console.note(f"{planned.outline.title}: {many(sections, 'section')}, {many(words, 'word')}.")
    if planned.rehearsed:
        console.note("Rehearsed by the built-in model: nothing was sent or paid.")
    else:
        price = "" if planned.cost is None else f": {money(planned.cost)}"
        console.note(f"Planned by {planned.model}{price}.")
    if planned.finished and not planned.text:
        console.sentence("error: no outline came of it; say more in the request, or try another --model")
    elif planned.findings and planned.finished:
        console.note("Mend that in the outline; or say more in the request and plan again.")
    if path:
        console.note(f"\nNext: storygen write {quoted(path)}")


def _document(project: Project, planned: Planned, path: Path | None) -> dict[str, object]:
    from storygen.cli.table import dollars

    return {
        "outline": str(path) if path else None,
        "book": str(project.book.root),
        "rehearsed": planned.rehearsed,
        "finished": planned.finished,
        "text": planned.text,
        "sections": len(planned.outline.sections) if planned.outline else 0,
        "words": planned.outline.words if planned.outline else 0,
        "findings": [asdict(finding) for finding in planned.findings],
        "usage": asdict(planned.spent.usage),
        "cost": dollars(planned.cost),
    }
