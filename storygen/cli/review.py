"""`storygen review`: how a book reads, without a model."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

import click

from storygen.cli.naming import named, quoted
from storygen.cli.opening import open_here
from storygen.cli.options import as_json, book_option, outlines_and_ids, shared
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
@click.option("--strict", is_flag=True, help="Exit code 1 where there is a verifiable finding.")
@as_json
@shared
@click.pass_context
def review(
    ctx: click.Context,
    /,
    *,
    console: Console,
    names: tuple[str, ...],
    book: Path | None,
    strict: bool,
    json: bool,
) -> None:
    """Review what is written: what breaks a convention, what is said twice, how it reads.

    Sends nothing. A verifiable finding can be looked up in the text; an indicative one is a hint, and no sum
    is made of the two. In the table, sentences and paragraphs are in words, ± is how unlike each other
    sentences are, variety the share of different words in a hundred, again the share of the text that stood
    in the book before.
    """
    from storygen.desk.review import review as look

    found = named(names)
    projects = [open_here(path, book=book) for path in found.outlines]
    reviews = [(project, look(project, ids=found.ids)) for project in projects]
    if json and len(reviews) == 1:
        console.document(**_document(*reviews[0]))
    elif json:
        console.document(books=[_document(project, reviewed) for project, reviewed in reviews])
    else:
        for project, reviewed in reviews:
            console.product("\n".join(_text(console, project, reviewed)))
    ctx.exit(1 if strict and any(reviewed.verifiable for _, reviewed in reviews) else 0)


def _text(console: Console, project: Project, reviewed: Reviewed) -> Iterator[str]:
    yield f"{project.outline.title}\n"
    if not reviewed.sections:
        yield f"Nothing is written yet: storygen write {quoted(project.outline.path)}"
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


def _document(project: Project, reviewed: Reviewed) -> dict[str, object]:
    measures = reviewed.report.measures
    return {
        "outline": str(project.outline.path),
        "book": str(project.book.root),
        "verifiable": [_finding(finding) for finding in reviewed.verifiable],
        "indicative": [_finding(finding) for finding in reviewed.indicative],
        "sections": [
            {"id": each.id, "title": each.title, **_measures(measures[each.id])} for each in reviewed.sections
        ],
        "style": {
            "samples": _measures(reviewed.samples) if reviewed.samples else None,
            "drafts": _measures(reviewed.measures),
        },
        "unwritten": list(reviewed.unwritten),
        "unchecked": list(reviewed.unchecked),
    }


def _finding(finding: Finding) -> dict[str, object]:
    told = asdict(finding)
    return {name: told[name] for name in ("rule", "path", "line", "column", "quote", "message", "help")}


def _measures(found: Measures) -> dict[str, object]:
    return {
        "words": found.words,
        "sentences": found.sentences.count,
        "sentence_words": round(found.sentences.mean, 2),
        "sentence_variation": round(found.sentences.variation, 3),
        "paragraphs": found.paragraphs.count,
        "paragraph_words": round(found.paragraphs.mean, 2),
        "paragraph_variation": round(found.paragraphs.variation, 3),
        "speech": round(found.speech, 4),
        "variety": None if found.variety is None else round(found.variety, 4),
        "again": round(found.again, 4),
    }
