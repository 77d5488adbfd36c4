"""`storygen review --model` and `--apply`: what a model would change, and what its author takes of it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from storygen.cli.naming import again, named
from storygen.cli.opening import open_here
from storygen.cli.review_document import document, finding_fields
from storygen.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.desk.apply import Revised
    from storygen.desk.model_review import ModelReviews, SectionReview
    from storygen.desk.project import Project
    from storygen.draft import Objection

_SETTINGS = ("budget", "max_calls", "base_url")


def review_here(
    console: Console,
    names: Sequence[str],
    *,
    model: str,
    book: Path | None,
    rehearse: bool,
    strict: bool,
    json: bool,
    **options: object,
) -> int:
    """Have a model review what *names* name, show what it objects to, and return the exit code."""
    paths, ids = named(names)
    if len(paths) > 1:
        raise UsageError("a model reviews one book at a time", "name one outline")
    flags = {"model": model or None, **{name: options[name] for name in _SETTINGS}}
    project = open_here(paths[0], flags=flags, book=book)
    reviews, stopped = _run(console, project, ids, rehearse=rehearse, json=json)
    if json:
        console.document(**_document(project, reviews))
    else:
        console.product("\n".join(_text(console, project, reviews)))
    if stopped and not reviews.whole:
        raise Interrupted("stopped as you asked", "run the same command again to go on")
    found = any(each.objections for each in reviews.sections) or reviews.offline.verifiable
    return 1 if reviews.failed or (strict and found) else 0


def apply_here(
    console: Console,
    names: Sequence[str],
    *,
    model: str | None,
    book: Path | None,
    json: bool,
    **options: object,
) -> int:
    """Put the suggestions that `--apply` names into their section, and say what became of each."""
    from storygen.cli.watch import Watch
    from storygen.desk.apply import apply

    paths, ids = named(names)
    if model is not None or options["rehearse"]:
        raise UsageError("--apply sends nothing, and goes without --model", "review first, then apply")
    if len(ids) != 1:
        raise UsageError("--apply wants one section id", "storygen review ID --apply 1,3")
    numbers = _numbers(str(options["apply"]))
    revised = apply(open_here(paths[0], book=book), ids[0], numbers, tell=Watch(console).tell)
    if json:
        left = [{"number": number, "why": why} for number, why in revised.left]
        console.document(**{**asdict(revised), "left": left})
    else:
        console.note("\n".join(_outcome(revised)))
    return 0


def _numbers(text: str) -> list[int] | None:
    """Return the numbers that *text* names; None where it says all."""
    if text.strip() == "all":
        return None
    words = [word.strip() for word in text.split(",")]
    if wrong := [word for word in words if not (word.isascii() and word.isdigit())]:
        raise UsageError(f"`{wrong[0]}` is no number of a finding", "--apply 1,3 or --apply all")
    return [int(word) for word in words]


def _run(
    console: Console, project: Project, ids: Sequence[str], *, rehearse: bool, json: bool
) -> tuple[ModelReviews, bool]:
    from storygen.cli.console import Console as Screen
    from storygen.cli.running import Stopper, until_stopped
    from storygen.cli.watch import Watch
    from storygen.desk.allowance import Allowance
    from storygen.desk.model_review import areview

    seen = Screen(quiet=True) if json else console
    with Watch(seen) as watch:
        stopper = Stopper(watch.note)
        allowance = Allowance.of(project, agree=watch.agree)
        watch.purse = allowance.purse
        reviews = until_stopped(
            lambda: areview(
                project,
                ids,
                rehearse=rehearse,
                tell=watch.tell,
                stop=lambda: stopper.asked,
                allowance=allowance,
            ),
            stopper=stopper,
        )
    return reviews, stopper.asked


def _text(console: Console, project: Project, reviews: ModelReviews) -> Iterator[str]:
    from storygen.cli.screen import finding_text
    from storygen.cli.table import money

    yield f"{project.outline.title}\n"
    for review in reviews.sections:
        for number, objection in _numbered(review):
            shown = replace(objection, message=f"{number}. {objection.message}")
            yield console.drawn(finding_text(shown))
    yield from map(_summary, reviews.sections)
    if any(each.suggestion for review in reviews.sections for each in review.objections):
        yield console.fitted(
            "\nNothing is changed. --apply 1,3 or --apply all takes what you choose of a section; "
            "the text before is kept."
        )
    if not reviews.sections:
        yield f"Nothing was reviewed; storygen status {again(project.outline.path)} says what is written."
    if reviews.rehearsed:
        yield "Rehearsed by the built-in model: nothing was sent or paid."
    else:
        yield f"Cost: {money(reviews.spent.settled)}."


def _numbered(review: SectionReview) -> Iterator[tuple[int, Objection]]:
    """Yield what is objected to in a section with its number, and what its author can do about it."""
    id_ = review.section.id
    for number, objection in enumerate(review.objections, 1):
        help_ = f"storygen rewrite {id_} -m …, with what shall be different"
        if objection.suggestion:
            help_ = f"storygen review {id_} --apply {number} puts in its place:\n{objection.suggestion}"
        yield number, replace(objection, help=help_)


def _summary(review: SectionReview) -> str:
    found = review.objections
    if not found:
        return f"{review.section.id}: nothing found."
    suggestions = sum(bool(each.suggestion) for each in found)
    plural = "finding" if len(found) == 1 else "findings"
    return f"{review.section.id}: {len(found)} {plural}, {suggestions or 'none'} with other words."


def _outcome(revised: Revised) -> Iterator[str]:
    """Yield what stands in the text now, and why the rest does not."""
    if revised.taken:
        numbers = ", ".join(map(str, revised.taken))
        yield (
            f"{revised.id} has the words of {numbers} now; "
            f"`storygen restore {revised.id} {revised.replaced}` brings back what was there"
        )
    yield from (f"{number} is left: {why}" for number, why in revised.left)
    if not revised.taken:
        yield f"{revised.id} stays as it was"


def _document(project: Project, reviews: ModelReviews) -> dict[str, object]:
    from storygen.cli.table import dollars

    return {
        **document(project, reviews.offline),
        "rehearsed": reviews.rehearsed,
        "reviews": [
            {
                "id": review.section.id,
                "round": review.round,
                "findings": [
                    {"number": number, **finding_fields(each), "suggestion": each.suggestion or None}
                    for number, each in _numbered(review)
                ],
            }
            for review in reviews.sections
        ],
        "failed": list(reviews.failed),
        "held_back": list(reviews.held_back),
        "usage": asdict(reviews.spent.usage),
        "cost": dollars(reviews.spent.settled),
    }
