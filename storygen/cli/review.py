"""`storygen review`: how a book reads."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from storygen.cli.naming import again, ids_here, is_outline, named
from storygen.cli.opening import open_here
from storygen.cli.options import allow_commands, as_json, book_option, outlines_and_ids, shared
from storygen.cli.review_document import document
from storygen.cli.table import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.desk.project import Project
    from storygen.desk.review import Reviewed
    from storygen.draft import Finding
    from storygen.review.measures import Measures

MOST = 3
"""How many findings of one rule are shown; -v shows all."""

_HEAD = ("section", "words", "sentence", "±", "paragraph", "speech", "variety", "again")
_RIGHT = (1, 2, 3, 4, 5, 6, 7)


@click.command()
@outlines_and_ids
@book_option
@click.option(
    "--model",
    metavar="[MODEL]",
    is_flag=False,
    flag_value="",
    help="Have a model review it, the section's own or this one.",
)
@click.option("--apply", metavar="N,N|all", help="Put what the model suggested under these numbers in place.")
@click.option("--mark", is_flag=True, help="Mark in drafts of documentation what no source has.")
@allow_commands
@click.option("--rehearse", is_flag=True, help="Review with the built-in model: offline, free.")
@click.option("--budget", metavar="DOLLARS", help="The most that this run may cost.")
@click.option("--max-calls", metavar="N", help="The most requests of this run.")
@click.option("--base-url", metavar="URL", help="Another server that speaks the Messages API.")
@click.option("--strict", is_flag=True, help="Exit code 1 where there is a verifiable finding, or a model's.")
@as_json
@shared
@click.pass_context
def review(
    ctx: click.Context,
    /,
    *,
    console: Console,
    names: tuple[str, ...],
    **options: Any,  # noqa: ANN401 - click's options
) -> None:
    """Review what is written: what breaks a convention, what is said twice, how it reads.

    Of documentation it lists the code, commands, options, files and versions that no source, codex entry or
    card has; --mark puts a comment behind each, `<!-- TODO: verify ... -->`, and keeps the text before.

    Without --model it sends nothing. A verifiable finding can be looked up in the text; an indicative one is
    a hint, and no sum is made of the two. In the table, sentences and paragraphs are in words, ± is how
    unlike each other sentences are, variety the share of different words in a hundred, again the share of
    the text that stood in the book before.

    With --model a model looks for what code cannot see, at most eight places in a section, each by its words.
    Nothing is changed until --apply names what shall be; the text before is kept as a version.
    """
    from storygen.cli.marking import mark_here
    from storygen.cli.model_review import apply_here, review_here

    names, model = apart(names, options.pop("model"))
    if options.pop("mark"):
        ctx.exit(mark_here(console, names, model=model, **options))
    if options["apply"] is not None:
        ctx.exit(apply_here(console, names, model=model, **options))
    if model is not None or options["rehearse"]:
        ctx.exit(review_here(console, names, model=model or "", **options))
    ctx.exit(_review_offline(console, names, **options))


def apart(names: tuple[str, ...], model: str | None) -> tuple[tuple[str, ...], str | None]:
    """Tell the name of a model from that of an outline or a section behind a bare --model."""
    if model and (is_outline(model) or model in ids_here(names)):
        return (*names, model), ""
    return names, model


def _review_offline(
    console: Console,
    names: tuple[str, ...],
    *,
    book: Path | None,
    strict: bool,
    json: bool,
    **_: object,
) -> int:
    from storygen.desk.review import review as look

    found = named(names)
    projects = [open_here(path, book=book) for path in found.outlines]
    reviews = [(project, look(project, ids=found.ids)) for project in projects]
    if json and len(reviews) == 1:
        console.document(**document(*reviews[0]))
    elif json:
        console.document(books=[document(project, reviewed) for project, reviewed in reviews])
    else:
        for project, reviewed in reviews:
            console.product("\n".join(_text(console, project, reviewed)))
    return 1 if strict and any(reviewed.verifiable for _, reviewed in reviews) else 0


def _text(console: Console, project: Project, reviewed: Reviewed) -> Iterator[str]:
    yield f"{project.outline.title}\n"
    if not reviewed.sections:
        yield f"Nothing is written yet: storygen write {again(project.outline.path)}"
        return
    for findings in (reviewed.verifiable, reviewed.indicative):
        yield from _findings(console, findings)
    yield f"{_table(reviewed)}\n"
    if reviewed.samples:
        yield f"{_sheet(reviewed.samples, reviewed.measures)}\n"
    yield from map(console.fitted, _remarks(reviewed))


def _findings(console: Console, findings: Sequence[Finding]) -> Iterator[str]:
    """Draw *findings* rule by rule, in the order of the rules, as many of each as somebody reads."""
    from storygen.cli.screen import finding_text
    from storygen.review.rules import RULES

    order = {rule.name: number for number, rule in enumerate(RULES)}
    by_rule = sorted(findings, key=lambda finding: order.get(finding.rule, len(order)))
    for rule, group in groupby(by_rule, key=lambda finding: finding.rule):
        own = list(group)
        shown = own if console.verbose else own[:MOST]
        yield from (console.drawn(finding_text(finding)) for finding in shown)
        if len(own) > len(shown):
            yield f"… and {len(own) - len(shown):,} more of {rule}; -v shows all.\n"


def _remarks(reviewed: Reviewed) -> Iterator[str]:
    found, hints = len(reviewed.verifiable), len(reviewed.indicative)
    plural = "finding" if found == 1 else "findings"
    yield f"{found:,} verifiable {plural}, {hints:,} indicative."
    if reviewed.unchecked:
        yield f"Not checked, for want of a table for this language: {', '.join(reviewed.unchecked)}."
    if reviewed.unwritten:
        count = len(reviewed.unwritten)
        yield f"{count:,} section{'' if count == 1 else 's'} still to be written."


def _table(reviewed: Reviewed) -> str:
    rows = [(section.id, *_row(reviewed.report.measures[section.id])) for section in reviewed.sections]
    return table(_HEAD, rows, right=_RIGHT, foot=("all", *_row(reviewed.measures)))


def _sheet(samples: Measures, drafts: Measures) -> str:
    """Return the measures of the author's samples beside those of the drafts."""
    head = ("style sheet", *_HEAD[1:-1])
    return table(head, [("samples", *_row(samples)[:-1]), ("drafts", *_row(drafts)[:-1])], right=_RIGHT[:-1])


def _row(found: Measures) -> tuple[str, ...]:
    return (
        f"{found.words:,}",
        f"{found.sentences.mean:.1f}",
        f"{found.sentences.variation:.2f}",
        f"{found.paragraphs.mean:.0f}",
        f"{found.speech:.0%}",
        "-" if found.variety is None else f"{found.variety:.2f}",
        f"{found.again:.1%}",
    )
