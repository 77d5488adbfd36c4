"""What a section is told of the rest of the book: chosen by rule, each tier within its budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from storygen.draft import WHOLE, Digest, Stretch
from storygen.messages import Count
from storygen.outline.tree import Outline, Section
from storygen.prompts.closure import closure, further_back
from storygen.prompts.codex import Choice, Known, always, choose
from storygen.prompts.edges import endings, fence, last_words, openings
from storygen.prompts.facts import facts, open_threads
from storygen.prompts.plan import plan
from storygen.prompts.recap import NEAREST, recap
from storygen.prompts.sources import NO_SOURCES, Fitted, Source, fit


@dataclass(frozen=True, slots=True)
class Limits:
    """How many plain tokens each tier may have."""

    codex: int = 2_000
    facts: int = 600
    recap: int = 1_500
    tail: int = 1_200
    plan: int = 4_000
    sources: int = 8_000


@dataclass(frozen=True, slots=True)
class StyleTexts:
    """What the files say that a style names: a guide to follow, samples to imitate."""

    guide: str = ""
    samples: tuple[str, ...] = ()


PLAIN = StyleTexts()


@dataclass(frozen=True, slots=True)
class Revision:
    """What is said where a section is written anew: its text so far, what its author asks, which take it is.

    `take` counts from 1; with 0 nothing is said of others.
    """

    current: str = ""
    note: str = ""
    take: int = 0


ANEW = Revision()


@dataclass(frozen=True, slots=True)
class Finished:
    """A section as later ones are shown it whole."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the prompt of one section has besides its card.

    `plan` and `always` are the same for every section. `choices` says of every codex entry whether it is sent
    and why; `codex` is what this section is told. `tail` is verbatim and comes from the section with the id
    `tail_of`; `fence` is what the next section begins with. `finished` are the sections before it, whole,
    where they are told so. `left_out` says what else there is no room for, in words. `stretch` is what is
    asked for of the section, all of it unless it is too long for a call.
    """

    plan: tuple[str, ...] = ()
    always: tuple[Known, ...] = ()
    choices: tuple[Choice, ...] = ()
    codex: tuple[Known, ...] = ()
    facts: tuple[str, ...] = ()
    recap: tuple[str, ...] = ()
    tail: str = ""
    tail_of: str = ""
    fence: str = ""
    openings: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    finished: tuple[Finished, ...] = ()
    sources: Fitted = NO_SOURCES
    left_out: tuple[str, ...] = ()
    style: StyleTexts = PLAIN
    section_style: StyleTexts = PLAIN
    revision: Revision = ANEW
    stretch: Stretch = WHOLE


def gather(
    outline: Outline,
    section: Section,
    texts: Mapping[str, str],
    *,
    limits: Limits,
    count: Count,
    digests: Mapping[str, Digest] = MappingProxyType({}),
    sources: Sequence[Source] = (),
) -> Context:
    """Gather the context of *section*; *texts* are the written sections, *digests* what they come to, by id.

    *sources* are what it is written from; styles and wishes are for the caller to add. Pure, and blind to
    every text outside the section's `after` closure and to the digests of what it directly goes on from: the
    order in which sections are finished never changes a prompt.
    """
    written = written_before(outline, section, texts)
    before = [each for each, _ in written]
    near = [text for _, text in written[-NEAREST:]]
    joined = [(each, text) for each, text in written[-1:] if each.page == section.page]
    last = "".join(last_words(text, outline.lang, limit=limits.tail, count=count) for _, text in joined)
    told = _told(outline, section, before, digests)
    everywhere = always(outline)
    chosen = choose(outline, section, tail=last, limit=limits.codex, count=count)
    known = (*chosen.known, *everywhere)
    established = facts(outline, section, before, known=known, digests=told, limit=limits.facts, count=count)
    recalled = recap(outline, before, digests=told, limit=limits.recap, count=count)
    return Context(
        plan=plan(outline, limit=limits.plan, count=count),
        always=everywhere,
        choices=chosen.all,
        codex=chosen.known,
        facts=established.lines,
        recap=recalled.lines,
        left_out=tuple(_left_out(recap=recalled.left_out, facts=established.left_out)),
        tail=last,
        tail_of="".join(each.id for each, _ in joined),
        fence=fence(outline, section),
        openings=openings(near, outline.lang),
        endings=endings(near, outline.lang),
        threads=open_threads(outline, section, told),
        sources=fit(sources, limit=limits.sources, count=count),
    )


def _told(
    outline: Outline, section: Section, before: Sequence[Section], digests: Mapping[str, Digest]
) -> dict[str, Digest]:
    """Return the *digests* of what lies further back than what *section* directly goes on from."""
    far = further_back(outline, section) if digests else frozenset()
    return {each.id: digests[each.id] for each in before if each.id in far and each.id in digests}


def _left_out(**lines: int) -> Iterator[str]:
    """Say how many *lines* of which tier have no room, and which setting gives it more."""
    for tier, number in lines.items():
        if number:
            yield f"{number:,} {'line' if number == 1 else 'lines'} of the {tier} (context.{tier})"


def written_before(outline: Outline, section: Section, texts: Mapping[str, str]) -> list[tuple[Section, str]]:
    """Return the sections in the closure of *section* that have a text, in their order, each with it."""
    before = ((each, texts.get(each.id, "").strip()) for each in closure(outline, section))
    return [(each, text) for each, text in before if text and each.position < section.position]
