"""What a run is told before it begins: everything that decides its requests, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from storygen.book.attempts import Attempt, Kept
from storygen.book.folder import Book
from storygen.book.view import JournalView, view_journal
from storygen.catalogue import Catalogue, Lifecycle, Model, catalogue
from storygen.desk.commands import output_of
from storygen.desk.material import Material, read_style, refuse
from storygen.desk.project import Project
from storygen.draft import Draft
from storygen.known_settings import ContextMode
from storygen.model.batches import MOST
from storygen.model.endpoint import is_anthropic
from storygen.model.factor import learned
from storygen.model.wire import Accepts, dropped
from storygen.outline.tree import Outline, Section
from storygen.prompts.closure import closure
from storygen.prompts.sources import fit
from storygen.text.tokens import count_tokens
from storygen.writer.ask import BESIDE, TOKENS_A_WORD, Commission, model_row, without_messages
from storygen.writer.bills import choose_context
from storygen.writer.rate import Replies


@dataclass(frozen=True, slots=True)
class Past:
    """What a journal holds when a run begins.

    `attempts` are all that were made, `kept` the newest draft of every section. What is learned from are the
    attempts up to the one with the id `horizon`, and the drafts that were the newest then, the `known` ones:
    where a run broke off, the next one goes on from it and knows what that knew.
    """

    attempts: tuple[Attempt, ...] = ()
    kept: tuple[Kept, ...] = ()
    known: tuple[Kept, ...] = ()
    horizon: int = 0

    @classmethod
    def read(cls, journal: JournalView, *, rehearsed: bool) -> Past:
        """Return what *journal* says of real drafts, or of *rehearsed* ones."""
        horizon = journal.horizon
        kept = known = _oldest_first(journal.all_generated(rehearsed=rehearsed))
        if kept and kept[-1].attempt > horizon:
            known = _oldest_first(journal.all_generated(rehearsed=rehearsed, until=horizon))
        return cls(journal.attempts(), kept, known, horizon)


def commission_of(project: Project, *, rehearsed: bool, past: Past = Past()) -> Commission:
    """Return what decides every request of *project*, read once for the run.

    From the *past* it is learned how models count, by what they billed, and how much they write.
    """
    outline = project.outline
    commission = Commission(
        outline=outline,
        templates=project.templates,
        settings=project.settings,
        catalogue=catalogue(),
        count=count_tokens,
        rehearsed=rehearsed,
        factors=factors(catalogue(), (each for each in past.attempts if each.id <= past.horizon)),
        bills=factors(catalogue(), past.attempts),
        replies=replies(past.kept),
        earlier=replies(past.known),
        sources=material_of(project).of,
        style=read_style(outline, outline.style),
        styles={
            section.id: read_style(outline, section.style)
            for section in outline.sections
            if _own_style(outline, section)
        },
    )
    caches = rehearsed or is_anthropic(project.settings.base_url)
    return replace(commission, auto=choose_context(commission, caches=caches))


def commission_now(project: Project) -> Commission:
    """Return what would decide the requests of a run with a real model that began now."""
    with view_journal(project.book.journal) as journal:
        return commission_of(project, rehearsed=False, past=Past.read(journal, rehearsed=False))


def in_batches(commission: Commission) -> Commission:
    """Return *commission* for a run whose requests leave in batches: as many as may be, at their price."""
    settings = replace(commission.settings, jobs=MOST)
    return replace(commission, settings=settings, catalogue=commission.catalogue.in_batches())


def material_of(project: Project) -> Material:
    """Return what reads the sources of *project*, and runs commands among them where that is allowed."""
    root, settings = project.source_root, project.settings
    output = output_of(root, environ=settings.environ) if settings.allow_commands else refuse
    return Material(root, output=output)


def attempts_of(book: Book) -> tuple[Attempt, ...]:
    """Return all attempts in the journal of *book*."""
    with view_journal(book.journal) as journal:
        return journal.attempts()


def factors(known: Catalogue, attempts: Iterable[Attempt]) -> dict[str, float]:
    """Return what a plain token is to each model of *attempts*, in its own; rehearsals teach nothing."""
    samples: dict[str, list[tuple[int, int]]] = {}
    for attempt in attempts:
        if not attempt.rehearsed:
            samples.setdefault(attempt.model, []).append((attempt.plain, attempt.usage.prompt_tokens))
    return {model: learned(known.find(model).factor, own) for model, own in samples.items()}


def replies(kept: Iterable[Kept]) -> dict[str, Replies]:
    """Return what came for each section in the drafts that were *kept*, in their order."""
    return {each.draft.id: Replies(each.model, each.draft.legs) for each in kept}


def _oldest_first(kept: Mapping[str, Kept]) -> tuple[Kept, ...]:
    return tuple(sorted(kept.values(), key=attrgetter("attempt")))


def _own_style(outline: Outline, section: Section) -> bool:
    return (section.style.guide, section.style.samples) != (outline.style.guide, outline.style.samples)


def model_of(commission: Commission, section: Section) -> str:
    """Return the id of the model that writes *section*."""
    return model_row(commission, section).id


def cost_of(commission: Commission, section: Section, draft: Draft, journal: JournalView) -> int | None:
    """Return what the legs of *draft* cost, in micro-dollars; None where nobody knows a price.

    The *journal* tells which of them came in a batch, of this run or of one before.
    """
    model = model_of(commission, section)
    alone, batched = catalogue().find(model), catalogue().in_batches().find(model)
    came = {attempt.usage for attempt in journal.attempts(section=section.id) if attempt.batch}
    costs = [(batched if leg.usage in came else alone).cost(leg.usage) for leg in draft.legs]
    return None if None in costs else sum(cost or 0 for cost in costs)


def left_out(
    commission: Commission, sections: Iterable[Section], accepts: Callable[[Model], Accepts]
) -> tuple[str, ...]:
    """Return which settings are not sent to the models of *sections*, and why, in words."""
    found: dict[str, None] = {}
    for section in sections:
        request = without_messages(commission, section)
        unsent = dropped(request, accepts(commission.catalogue.find(request.model)))
        if unsent:
            found[f"not sent to {request.model}: {', '.join(unsent)}"] = None
    return tuple(found)


def contexts(commission: Commission, sections: Iterable[Section]) -> tuple[str, ...]:
    """Return which kind of context *sections* have where that has to be said, and why, in words."""
    found = {commission.auto.why: None} if commission.auto.why else {}
    for section in sections:
        if commission.mode(section) is ContextMode.ROLLING:
            continue
        row = model_row(commission, section)
        before = closure(commission.outline, section)
        factor = max(row.factor, commission.factor(row))
        if sum(each.words.aim for each in before) * TOKENS_A_WORD * factor + BESIDE > row.window:
            found[f"from {section.id} on the window of {row.id} is full, and the context rolls"] = None
            break
    return tuple(found)


def remarks(
    commission: Commission, sections: Sequence[Section], accepts: Callable[[Model], Accepts]
) -> tuple[str, ...]:
    """Return what a person should know of the models of *sections*, and of what these are told."""
    found: dict[str, None] = {}
    for name in dict.fromkeys(model_of(commission, section) for section in sections):
        row = commission.catalogue.find(name)
        if row.lifecycle is Lifecycle.RETIRED and not commission.rehearsed:
            found[f"{name} was retired at Anthropic on {row.retires}; gateways may still serve it"] = None
        if row.prices is None:
            found[f"the price of {name} is not known, so no costs are shown"] = None
    return (*found, *contexts(commission, sections), *left_out(commission, sections, accepts))


def cut_sources(commission: Commission, sections: Iterable[Section]) -> tuple[str, ...]:
    """Return what of the sources of *sections* their prompts have no room for, in words."""
    limit = commission.settings.context_sources
    found = []
    for section in sections:
        if left_out := fit(commission.sources(section), limit=limit, count=commission.count).left_out:
            what = "; ".join(each.words for each in left_out)
            found.append(f"{section.id}: its sources have more than {limit:,} tokens; left out: {what}")
    return tuple(found)
