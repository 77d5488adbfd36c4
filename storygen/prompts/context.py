"""What a section is told of the rest of the book: chosen by rule, each tier within its budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from storygen.messages import Count
from storygen.outline.tree import Heading, Outline, Section
from storygen.prompts.codex import Choice, Known, always, choose
from storygen.prompts.mentions import Searched, fold
from storygen.prompts.plan import about, clip, plan
from storygen.text.sentences import sentences, tail
from storygen.text.words import word_spans

TAIL_WORDS = 300
"""A verbatim tail has at least these many words, where there are so many."""

NEAREST = 5
"""How many sections before are recapped one by one, and listed by how they begin and end."""

COLLAPSED = 12
"""How many headings that are finished before those keep a line; the plan has the others."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many plain tokens each tier may have."""

    codex: int = 2_000
    facts: int = 600
    recap: int = 1_500
    tail: int = 1_200
    plan: int = 4_000


@dataclass(frozen=True, slots=True)
class Source:
    """Material that a section is written from, already read."""

    name: str
    text: str


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
class Context:
    """What the prompt of one section has besides its card.

    `plan` and `always` are the same for every section. `choices` says of every codex entry whether it is
    sent and why; `codex` is what this section is told. `tail` is verbatim and comes from the section with
    the id `tail_of`; `fence` is what the next section begins with.
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
    sources: tuple[Source, ...] = ()
    style: StyleTexts = PLAIN
    section_style: StyleTexts = PLAIN
    revision: Revision = ANEW


def gather(
    outline: Outline,
    section: Section,
    texts: Mapping[str, str],
    *,
    limits: Limits,
    count: Count,
    sources: Sequence[Source] = (),
    style: StyleTexts = PLAIN,
    section_style: StyleTexts = PLAIN,
) -> Context:
    """Gather the context of *section*; *texts* are the written sections, by id.

    *style* has the texts of the book's style, *section_style* those that a section's own style names
    besides. Pure, and blind to every text outside the section's `after` closure: the order in which sections
    are finished never changes a prompt.
    """
    written = _written(outline, section, texts)
    before = [each for each, _ in written]
    joined = [(each, text) for each, text in written[-1:] if each.page == section.page]
    last = _last(joined, outline.lang, limit=limits.tail, count=count)
    chosen = choose(outline, section, tail=last, limit=limits.codex, count=count)
    everywhere = always(outline)
    near = written[-NEAREST:]
    return Context(
        plan=plan(outline, limit=limits.plan, count=count),
        always=everywhere,
        choices=chosen.all,
        codex=chosen.known,
        facts=_facts(before, (*chosen.known, *everywhere), limit=limits.facts, count=count),
        recap=_newest(_recap(outline, before), limit=limits.recap, count=count),
        tail=last,
        tail_of=joined[-1][0].id if joined else "",
        fence=_fence(outline, section),
        openings=tuple(_opening(text) for _, text in near),
        endings=tuple(_ending(text, outline.lang) for _, text in near),
        threads=_threads(outline, section),
        sources=tuple(sources),
        style=style,
        section_style=section_style,
    )


def closure(outline: Outline, section: Section) -> tuple[Section, ...]:
    """Return the sections that must be written before *section*, theirs included, in reading order."""
    by_id = {each.id: each for each in outline.sections}
    found: set[str] = set()
    waiting = list(section.after)
    while waiting:
        id_ = waiting.pop()
        if id_ in by_id and id_ not in found:
            found.add(id_)
            waiting.extend(by_id[id_].after)
    return tuple(each for each in outline.sections if each.id in found and each.id != section.id)


def _written(outline: Outline, section: Section, texts: Mapping[str, str]) -> list[tuple[Section, str]]:
    before = ((each, texts.get(each.id, "").strip()) for each in closure(outline, section))
    return [(each, text) for each, text in before if text and each.position < section.position]


def _last(joined: Sequence[tuple[Section, str]], lang: str, *, limit: int, count: Count) -> str:
    """Return the tail of the text that this section goes on from; less where a script needs many tokens."""
    words = TAIL_WORDS
    last = tail(joined[-1][1], words=words, lang=lang) if joined else ""
    while count(last) > limit and words > 1:
        words //= 2
        last = tail(last, words=words, lang=lang)
    return last


def _recap(outline: Outline, written: Sequence[Section]) -> list[str]:
    """Recap the nearest sections one by one, and what is finished before them by its heading."""
    finished = _finished(outline, written[:-NEAREST])
    return [*finished[-COLLAPSED:], *map(_recalled, written[-NEAREST:])]


def _recalled(section: Section) -> str:
    """Say in a line what *section* did and how it left things."""
    did = clip(about(section), words=60)
    left = f"At its end: {clip(section.leave, words=40)}" if section.leave else ""
    return f"{clip(section.title, words=20)}: {' '.join(filter(None, (did, left)))}".removesuffix(": ")


def _finished(outline: Outline, written: Sequence[Section]) -> list[str]:
    """Give every outermost heading above *written* one line: its summary, or the titles below it."""
    headings = {node.id: node for node in outline.nodes if isinstance(node, Heading)}
    groups: dict[str, list[Section]] = {}
    for section in written:
        groups.setdefault(next(iter(section.parents), ""), []).append(section)
    return [_collapsed(headings.get(id_), group) for id_, group in groups.items()]


def _collapsed(heading: Heading | None, group: Sequence[Section]) -> str:
    title = heading.title if heading else "Before that"
    told = heading.summary if heading else ""
    return f"{title}: {clip(told or '; '.join(section.title for section in group), words=40)}"


def _facts(before: Sequence[Section], known: Sequence[Known], *, limit: int, count: Count) -> tuple[str, ...]:
    """Return what earlier sections established, the facts about entries of this section before all others."""
    facts = list(dict.fromkeys(" ".join(fact.split()) for section in before for fact in section.facts))
    names = [name for each in known for name in each.entry.names]
    near = [fact for fact in facts if Searched.of([fact]).first(names)]
    kept = _newest([*(fact for fact in facts if fact not in near), *near], limit=limit, count=count)
    return tuple(fact for fact in facts if fact in kept)


def _newest(lines: Sequence[str], *, limit: int, count: Count) -> tuple[str, ...]:
    """Return the last of *lines*, as many as fit."""
    start = len(lines)
    left = limit
    while start and (left := left - count(lines[start - 1]) - 1) >= 0:
        start -= 1
    return tuple(lines[start:])


def _opening(text: str) -> str:
    """Return the first five words of *text*."""
    spans = list(islice(word_spans(text), 5))
    return " ".join(text[spans[0][0] : spans[-1][1]].split()) if spans else ""


def _ending(text: str, lang: str) -> str:
    """Return the last sentence of *text*."""
    last = sentences(text.rpartition("\n\n")[2], lang)
    return clip(last[-1], words=30) if last else ""


def _fence(outline: Outline, section: Section) -> str:
    """Return what the next section begins with: its first beat, its summary or its title."""
    after = next((each for each in outline.sections if each.position == section.position + 1), None)
    if after is None:
        return ""
    return clip(next(iter(after.beats), "") or after.summary or after.title, words=60)


def _threads(outline: Outline, section: Section) -> tuple[str, ...]:
    """Return the threads that were planted before *section* and that nothing up to its end pays."""
    before = [each for each in outline.sections if each.position < section.position]
    paid = {fold(thread) for each in (*before, section) for thread in each.pay}
    return tuple(
        dict.fromkeys(thread for each in before for thread in each.plant if fold(thread) not in paid)
    )
