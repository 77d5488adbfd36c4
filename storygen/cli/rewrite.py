"""`storygen rewrite` and `storygen continue`: another text for a section that has one."""

from __future__ import annotations

import sys
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import allow_commands, as_json, book_option, outlines_and_ids, shared
from storygen.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from storygen.cli.console import Console
    from storygen.desk.anew import Renewals, Renewed
    from storygen.desk.consent import Question
    from storygen.desk.project import Project


def _said(_: click.Context, __: click.Parameter, note: str | None) -> str:
    """Return the *note* of somebody who gives one; raises UsageError for one that says nothing."""
    if note is not None and not note.strip():
        raise UsageError("the note is empty", "say what shall be different, or leave -m out")
    return note or ""


_note = click.option("-m", "--note", metavar="NOTE", callback=_said, help="What shall be different.")
_model = click.option("--model", metavar="MODEL", help="The model; `storygen models` lists them.")
_base_url = click.option("--base-url", metavar="URL", help="Another server that speaks the Messages API.")
_rehearse = click.option("--rehearse", is_flag=True, help="Write with the built-in model: offline, free.")


@click.command()
@outlines_and_ids
@_note
@click.option(
    "--variants", metavar="N", type=click.IntRange(1, 20), default=1, help="Write N, use the first."
)
@_model
@_base_url
@_rehearse
@click.option("--yes", is_flag=True, help="Agree to replace what you edited; it is kept as a version.")
@allow_commands
@book_option
@as_json
@shared
def rewrite(*, console: Console, names: tuple[str, ...], yes: bool, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Write a new version of named sections; the old text is kept.

    With -m the text that is there is revised, without it a new one is begun. The same command goes on where
    it was stopped. `storygen versions ID` lists what there is, `storygen restore` brings it back.
    """
    from storygen.desk.anew import Wish
    from storygen.desk.consent import questions
    from storygen.desk.rewrite import arewrite

    project, ids = _project(names, options)
    asked = questions(project, ids, rehearse=options["rehearse"]) if ids else ()
    for question in asked:
        _ask(question, note=options["note"], yes=yes)
    agreed = {question.id: question.text for question in asked}
    wish = Wish(options["note"], options["variants"], rehearse=options["rehearse"], agreed=agreed)
    return _run(console, project, partial(arewrite, project, ids, wish), json=options["json"])


@click.command(name="continue")
@outlines_and_ids
@_note
@click.option(
    "--words", metavar="N", type=click.IntRange(1, 100_000), default=None, help="About so many more."
)
@_model
@_base_url
@_rehearse
@allow_commands
@book_option
@as_json
@shared
def continue_(*, console: Console, names: tuple[str, ...], **options: Any) -> int:  # noqa: ANN401 - click's options
    """Go on from the end of a section as it is now.

    Finished and edited sections too: what is there stays to the letter, and is kept as a version. Without
    --words it gets what its target lacks, or a quarter of what is there.
    """
    from storygen.desk.anew import Wish
    from storygen.desk.rewrite import acontinue

    project, ids = _project(names, options)
    if len(ids) != 1:
        raise UsageError("continue wants one section id", "`storygen status` lists them")
    wish = Wish(options["note"], words=options["words"] or 0, rehearse=options["rehearse"])
    return _run(console, project, partial(acontinue, project, ids[0], wish), json=options["json"])


def _project(names: Sequence[str], options: dict[str, Any]) -> tuple[Project, tuple[str, ...]]:
    paths, ids = named(names)
    flags = {name: options[name] for name in ("model", "base_url")}
    return open_here(paths[0], flags=flags, book=options["book"]), ids


def _ask(question: Question, *, note: str, yes: bool) -> None:
    """Have the author agree; raises UsageError where they do not, or where nobody is there to ask."""
    kept = f"Your text is saved as version {question.version}"
    given = " and is given to the model as the text to revise." if note else "."
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f"{question.why} It is replaced only with your consent",
            f"add --yes: your text is saved as version {question.version}",
        )
    if not click.confirm(f"{question.why}\n{kept}{given} Go on?", err=True):
        raise UsageError("nothing was sent, and nothing has changed", "as you said")


def _run(console: Console, project: Project, work: Callable[..., Awaitable[Renewals]], *, json: bool) -> int:
    from storygen.cli.console import Console as Screen
    from storygen.cli.running import Stopper, until_stopped
    from storygen.cli.watch import Watch

    seen = Screen(quiet=True) if json else console
    with Watch(seen) as watch:
        stopper = Stopper(watch.note)
        renewals = until_stopped(lambda: work(tell=watch.tell, stop=lambda: stopper.asked), stopper=stopper)
    if json:
        console.document(**_document(project, renewals))
    else:
        for renewed in renewals.sections:
            console.note(_outcome(renewed))
        if renewals.rehearsed:
            console.note("Rehearsed by the built-in model: nothing was sent or paid.")
        if renewals.manuscript:
            console.note(f"Manuscript: {renewals.manuscript}")
    if stopper.asked and not renewals.whole:
        raise Interrupted("stopped as you asked", "run the same command again to go on")
    return 0 if renewals.whole else 1


def _outcome(renewed: Renewed) -> str:
    """Return what a person can do with what there is now."""
    id_, made = renewed.id, renewed.made
    if not made:
        return f"{id_} stays as it was; run the same command again to go on with its new version"
    if renewed.kept_own:
        return f"{id_} stays as you changed it; `storygen restore {id_} {made[0]}` takes the new version"
    others = f"; `storygen use {id_} N` takes another of {', '.join(map(str, made))}" if made[1:] else ""
    if made[0] == renewed.replaced:
        return f"{id_} came out as it was: version {made[0]}{others}"
    return (
        f"{id_} is version {made[0]} now{others}; "
        f"`storygen restore {id_} {renewed.replaced}` brings back what was there"
    )


def _document(project: Project, renewals: Renewals) -> dict[str, object]:
    from storygen.cli.table import dollars
    from storygen.draft import total_usage

    return {
        "outline": str(project.outline.path),
        "book": str(project.book.root),
        "rehearsed": renewals.rehearsed,
        "sections": [
            {
                "id": each.id,
                "version": each.made[0] if each.made else None,
                "variants": list(each.made),
                "replaced": each.replaced,
                "in_use": bool(each.made) and not each.kept_own,
                "stop_reason": each.drafts[-1].stop_reason if each.drafts else None,
                "usage": asdict(total_usage(draft.usage for draft in each.drafts)),
                "cost": 0.0 if renewals.rehearsed else dollars(each.cost),
            }
            for each in renewals.sections
        ],
        "held_back": list(renewals.held_back),
    }
