"""What a section is told of the rest of the book: chosen by rule, each tier within its budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storygen.messages import Count
from storygen.outline.tree import Heading, Outline, Section
from storygen.prompts.codex import Choice, Known, always, choose
from storygen.prompts.plan import clip, gist, plan
from storygen.text.sentences import sentences, tail

TAIL_WORDS = 300
"""A verbatim tail has at least these many words, where there are so many."""

NEAREST = 5
"""How many sections before are recapped one by one, and listed by how they begin and end."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many plain tokens each tier may have."""

    codex: int = 2_000
    recap: int = 1_500
    tail: int = 1_200
    plan: int = 4_000


@dataclass(frozen=True, slots=True)
class Source:
    """Material that a section is written from, already read."""

    name: str
    text: str


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
    recap: tuple[str, ...] = ()
    tail: str = ""
    tail_of: str = ""
    fence: str = ""
    openings: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


def gather(
    outline: Outline,
    section: Section,
    texts: Mapping[str, str],
    *,
    limits: Limits,
    count: Count,
    sources: Sequence[Source] = (),
) -> Context:
    """Gather the context of *section*; *texts* are the written sections, by id.

    Pure, and blind to every text outside the section's `after` closure: the order in which sections
    are finished never changes a prompt.
    """
    written = _written(outline, section, texts)
    last = _last(written, outline.lang, limit=limits.tail, count=count)
    chosen = choose(outline, section, tail=last, limit=limits.codex, count=count)
    near = written[-NEAREST:]
    return Context(
        plan=plan(outline, limit=limits.plan, count=count),
        always=always(outline),
        choices=chosen.all,
        codex=chosen.known,
        recap=_recap(outline, [before for before, _ in written], limit=limits.recap, count=count),
        tail=last,
        tail_of=written[-1][0].id if written else "",
        fence=_fence(outline, section),
        openings=tuple(" ".join(text.split()[:5]) for _, text in near),
        endings=tuple(clip(sentences(text, outline.lang)[-1], words=30) for _, text in near),
        threads=_threads(outline, section),
        sources=tuple(sources),
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


def _last(written: Sequence[tuple[Section, str]], lang: str, *, limit: int, count: Count) -> str:
    """Return the tail of the nearest written section; fewer words where a script needs many tokens."""
    words = TAIL_WORDS
    last = tail(written[-1][1], words=words, lang=lang) if written else ""
    while count(last) > limit and words > 1:
        words //= 2
        last = tail(last, words=words, lang=lang)
    return last


def _recap(outline: Outline, written: Sequence[Section], *, limit: int, count: Count) -> tuple[str, ...]:
    """Recap the nearest sections one by one and what is finished before them by its heading, newest kept."""
    near = [_recalled(section) for section in written[-NEAREST:]]
    lines = [*_finished(outline, written[:-NEAREST]), *near]
    kept: list[str] = []
    left = limit
    for line in reversed(lines):
        left -= count(line) + 1
        if left < 0:
            break
        kept.append(line)
    return tuple(reversed(kept))


def _recalled(section: Section) -> str:
    """Say in a line what *section* did and how it left things."""
    did = gist(section, words=60) if section.summary else clip(" ".join(section.beats), words=60)
    left = f"At its end: {clip(section.leave, words=40)}" if section.leave else ""
    return f"{section.title}: {' '.join(filter(None, (did, left)))}".removesuffix(": ")


def _finished(outline: Outline, written: Sequence[Section]) -> list[str]:
    """Give every outermost heading above *written* one line, and every section without one its title."""
    headings = {node.id: node for node in outline.nodes if isinstance(node, Heading)}
    groups: dict[str, list[Section]] = {}
    for section in written:
        groups.setdefault(next(iter(section.parents), ""), []).append(section)
    lines: list[str] = []
    for id_, group in groups.items():
        heading = headings.get(id_)
        about = heading.summary if heading else ""
        about = about or "; ".join(section.title for section in group)
        lines.append(f"{heading.title if heading else 'Before that'}: {clip(about, words=40)}")
    return lines


def _fence(outline: Outline, section: Section) -> str:
    """Return what the next section begins with: its first beat, its summary or its title."""
    after = next((each for each in outline.sections if each.position == section.position + 1), None)
    if after is None:
        return ""
    return clip(next(iter(after.beats), "") or after.summary or after.title, words=60)


def _threads(outline: Outline, section: Section) -> tuple[str, ...]:
    """Return the threads that were planted before *section* and that nothing before it pays."""
    before = [each for each in outline.sections if each.position < section.position]
    paid = {thread for each in before for thread in each.pay}
    return tuple(dict.fromkeys(t for each in before for t in each.plant if t not in paid))
