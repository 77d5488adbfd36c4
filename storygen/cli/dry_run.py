"""`storygen write --dry-run`: what would be sent, and what it would cost."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from storygen.catalogue import catalogue
from storygen.cli.table import dollars, many, money, table
from storygen.desk.estimate import Estimate, estimate, kind_of_context, total
from storygen.desk.states import read_book
from storygen.desk.unconfigured import rehearses
from storygen.writer.rate import is_steered

if TYPE_CHECKING:
    from storygen.cli.console import Console
    from storygen.desk.project import Project
    from storygen.desk.select import Selection

_HEAD = ("section", "words", "asked", "calls", "input", "cached", "output", "cost")


def show_estimate(
    console: Console, project: Project, selection: Selection, *, exact: bool, batch: bool, json: bool
) -> None:
    """Show calls, tokens and price of every section that would be written."""
    counted = _counted(console, project, selection, batch=batch) if exact else None
    estimates = estimate(project, selection=selection, batch=batch) if counted is None else counted
    if json:
        sections = [_document(each) for each in estimates]
        console.document(
            outline=str(project.outline.path),
            exact=counted is not None,
            context=list(kind_of_context(project)),
            sections=sections,
        )
        return
    outline = project.outline
    if not estimates:
        console.product(f"{outline.title}: everything is written; nothing would be sent.")
        return
    to_write = sum(not each.step for each in estimates)
    console.product(
        f"{outline.title}: {many(len(outline.sections), 'section')}, {to_write:,} to write, "
        f"target {outline.words:,} words\n\n{_table(estimates)}\n"
    )
    for remark in kind_of_context(project):
        console.product(f"{remark[:1].upper()}{remark[1:]}.")
    models = ", ".join(dict.fromkeys(each.model for each in estimates))
    prices = "half of the prices" if batch else "prices"
    rest = "what a batch finds in the cache and thinking are" if batch else "thinking is"
    console.product(f"{models}; {prices} of {catalogue().priced_on}, ±30 %; {rest} not in it.")
    sent = "Nothing was sent" if counted is None else "The server counted the prompts, nothing was written"
    console.product(f"{sent}. {_next(project)}")


def _next(project: Project) -> str:
    """Return what the same command without --dry-run would do."""
    if rehearses(project, read_book(project.book)):
        return "Without a key `write` rehearses; with one, this is what it asks for."
    return "Run without --dry-run to write."


def _counted(
    console: Console, project: Project, selection: Selection, *, batch: bool
) -> tuple[Estimate, ...] | None:
    """Return estimates with counted prompts; say so where the server does not count."""
    from storygen.desk.exact import exact_estimate

    counted = exact_estimate(project, selection=selection, batch=batch, tell=console.note)
    if counted is None:
        console.note(f"Counting is not offered at {project.settings.base_url}; these are estimates.\n")
    return counted


def _table(estimates: tuple[Estimate, ...]) -> str:
    """Lay out *estimates*; what is asked for, and in how many calls, only where that is not as planned."""
    whole = total(estimates)
    asked = [each for each in estimates if not each.step]
    steered = any(is_steered(each.asked, each.section.words.aim) for each in asked)
    shown = {"asked": steered, "calls": whole.calls > len(estimates)}
    names = [name for name in _HEAD if shown.get(name, True)]
    rows = [_row(each, each.id, words=0 if each.step else each.section.words.aim) for each in estimates]
    wanted = sum(each.section.words.aim for each in asked)
    foot = _row(replace(whole, step=""), f"{whole.calls:,} calls", words=wanted)
    *cells, last = ([row[name] for name in names] for row in (*rows, foot))
    return table(names, cells, right=range(1, len(names)), foot=last)


def _row(each: Estimate, name: str, *, words: int) -> dict[str, str]:
    return {
        "section": name,
        "words": "" if each.step else f"{words:,}",
        "asked": "" if each.step else f"{each.asked:,}",
        "calls": f"{each.calls:,}",
        "input": f"{each.usage.prompt_tokens:,}",
        "cached": f"{each.usage.cache_read_input_tokens:,}",
        "output": f"{each.usage.output_tokens:,}",
        "cost": money(each.cost),
    }


def _document(each: Estimate) -> dict[str, object]:
    return {
        "id": each.id,
        "model": each.model,
        "words": 0 if each.step else each.section.words.aim,
        "asked": each.asked,
        "calls": each.calls,
        "usage": asdict(each.usage),
        "cost": dollars(each.cost),
    }
