"""What is wrong with a piece of a plan: sums, states, names, constraints, endings; found without a model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storygen.draft import Finding
from storygen.outline.planned import MOST_UNASKED, Piece, Plan, Way
from storygen.outline.tree import Ending, Entry, Kind
from storygen.text.slug import slug

TOLERANCE = 0.02
"""By how much a sum may miss its budget."""

LONGEST = 2_000
"""Words; more is not delivered in one sitting, whatever is asked for."""

MOST_PLACES = 5
MOST_CAST = 0.7
"""How much of the cast may stand in one section, where there is one of some size."""

SMALL_CAST = 5
"""So many people may well be in one room."""

_NOTHING = re.compile(r"[\W_]*(?:tbd|tba|todo|none|n/a|placeholder)?[\W_]*", re.IGNORECASE)
_BETWEEN_PLACES = re.compile(r"\s*(?:;|→|->|\bthen\b)\s*")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a plan that should be otherwise, in the node that `way` leads to."""

    rule: str
    message: str
    way: Way = ()


def read_faults(findings: Iterable[Finding], way: Way) -> list[Fault]:
    """Return what could not be read of the reply that divides the node at *way*."""
    return [
        Fault(each.rule, " ".join(filter(None, (_place(each), each.message, _more(each)))), way)
        for each in findings
    ]


def _place(finding: Finding) -> str:
    return f"line {finding.line}:" if finding.line else ""


def _more(finding: Finding) -> str:
    said = finding.under or finding.help
    return f"({said})" if said else ""


def plan_faults(plan: Plan, *, words: int) -> list[Fault]:
    """Return what is wrong with the plan of a whole book of *words* words, 0 where nobody has said."""
    return [*_missing(plan), *_length(plan, words), *_constraints(plan), *division_faults(plan, ())]


def division_faults(plan: Plan, way: Way) -> list[Fault]:
    """Return what is wrong with what stands below *way* in *plan*."""
    below = plan.below_at(way)
    if not below:
        return [Fault("plan/empty", "there is nothing in it: list what it is divided into", way)]
    nodes = list(plan.walk(way))
    return [
        *_sums(plan, way),
        *_titles(plan, nodes),
        *_served(plan, way),
        *(fault for at, node in nodes for fault in _node(plan, at, node)),
        *_endings(plan, nodes),
    ]


def _missing(plan: Plan) -> Iterator[Fault]:
    """Find what the whole needs and does not say."""
    told = {
        "title": plan.title,
        "summary": plan.summary,
        "lang": plan.lang,
        "style.person": plan.style.person,
    }
    if plan.kind is Kind.FICTION:
        told |= {"style.tense": plan.style.tense, "style.quotes": plan.style.quotes}
    for name, text in told.items():
        if not text:
            yield Fault("plan/missing", f"`{name}` is missing")


def _length(plan: Plan, words: int) -> Iterator[Fault]:
    if not plan.words:
        yield Fault("plan/words", "`words` is missing: how long the whole book is to be")
    elif words and not _near(plan.words, words):
        yield Fault("plan/words", f"`words` is {plan.words:,}, and the book is to have {words:,}")
    elif not words and plan.words > MOST_UNASKED:
        yield Fault(
            "plan/words", f"`words` is {plan.words:,}, and at most {MOST_UNASKED:,} are planned unasked"
        )


def _constraints(plan: Plan) -> Iterator[Fault]:
    for name, times in Counter(each.id for each in plan.constraints).items():
        if times > 1:
            yield Fault("plan/constraint", f"two constraints have the id `{name}`")


def _sums(plan: Plan, way: Way) -> Iterator[Fault]:
    below, budget = plan.below_at(way), plan.words_at(way)
    if all(node.words for node in below) and budget and not _near(found := _sum(below), budget):
        what = f"“{plan.at(way).title}” has" if way else "the book has"
        message = f"its {len(below)} {below[0].level}s come to {found:,} words, and {what} {budget:,}"
        yield Fault("plan/words", message, way)


def _sum(nodes: Sequence[Piece]) -> int:
    return sum(node.words for node in nodes)


def _near(found: int, wanted: int) -> bool:
    return abs(found - wanted) <= max(1, wanted * TOLERANCE)


def _titles(plan: Plan, nodes: Sequence[tuple[Way, Piece]]) -> Iterator[Fault]:
    """Find titles that another node has already, or that make the same id."""
    times = Counter(slug(node.title) or node.title for _, node in plan.walk())
    for way, node in nodes:
        if not node.title:
            yield Fault("plan/title", f"a {node.level} has no title", way)
        elif times[slug(node.title) or node.title] > 1:
            yield Fault("plan/title", f"“{node.title}” is the title of another one too", way)


def _served(plan: Plan, way: Way) -> Iterator[Fault]:
    """Find constraints that nothing below *way* serves, and ids that are none."""
    below = plan.below_at(way)
    local = {each.id: each.text for each in plan.constraints if not each.throughout}
    owed = [name for name in plan.at(way).serves if name in local] if way else list(local)
    served = {name for node in below for name in node.serves}
    known = {each.id for each in plan.constraints}
    for name in owed:
        if name not in served:
            yield Fault("plan/constraint", f"nothing here serves `{name}`: {local[name]}", way)
    for at, node in plan.walk(way):
        for name in node.serves:
            if name not in known:
                yield Fault("plan/constraint", f"“{node.title}” serves `{name}`, which is no constraint", at)


def _node(plan: Plan, way: Way, node: Piece) -> Iterator[Fault]:
    if not node.words:
        yield Fault("plan/words", f"“{node.title}” has no `words`", way)
        return
    if node.below:
        yield from _sums(plan, way)
        yield from _served(plan, way)
    elif not plan.is_open(way):
        yield from (Fault(rule, f"“{node.title}” {message}", way) for rule, message in _card(plan, node))
    elif not node.summary:
        yield Fault("plan/missing", f"“{node.title}” has no `summary`", way)


def _card(plan: Plan, node: Piece) -> Iterator[tuple[str, str]]:
    """Find what a section's card lacks or has too much of."""
    if node.words > LONGEST:
        yield "plan/words", f"has {node.words:,} words; a section has {LONGEST:,} at most: make two of it"
    if not node.beats or any(_NOTHING.fullmatch(beat) for beat in node.beats):
        yield "plan/beats", "has no `beats`" if not node.beats else "has an empty beat"
    if len(_places(plan, node)) > MOST_PLACES:
        yield "plan/places", f"goes to more than {MOST_PLACES} places"
    if plan.kind is Kind.FICTION:
        for name in ("enter", "leave"):
            if not getattr(node, name):
                yield "plan/missing", f"has no `{name}`"
        yield from _cast(plan, node)


def _cast(plan: Plan, node: Piece) -> Iterator[tuple[str, str]]:
    """Find people whom the codex does not know, and sections that everybody is in."""
    people = [entry for entry in plan.codex if entry.kind.casefold() == "character"]
    known = {name.casefold() for entry in plan.codex for name in entry.names}
    there = dict.fromkeys(filter(None, (node.pov, *node.cast)))
    for name in there:
        if name.casefold() not in known:
            yield "plan/cast", f"has {name}, who is not in the codex"
    present = [entry for entry in people if _is_named(entry, there)]
    if len(people) > SMALL_CAST and len(present) > MOST_CAST * len(people):
        yield (
            "plan/cast",
            f"has {len(present)} of the {len(people)} people of the book in it; {MOST_CAST:.0%} at most",
        )


def _is_named(entry: Entry, names: Iterable[str]) -> bool:
    own = {name.casefold() for name in entry.names}
    return any(name.casefold() in own for name in names)


def _places(plan: Plan, node: Piece) -> set[str]:
    """Return the places that a section goes to: those that it names, or those of the codex in its beats."""
    named = {part.casefold() for part in _BETWEEN_PLACES.split(node.place) if part}
    told = " ".join((node.place, *node.beats)).casefold()
    codex = {
        entry.name
        for entry in plan.codex
        if entry.kind.casefold() == "place"
        and any(re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", told) for name in entry.names)
    }
    return max(named, codex, key=len)


def _endings(plan: Plan, nodes: Sequence[tuple[Way, Piece]]) -> Iterator[Fault]:
    """Find a `final` ending before the end, a story without one, sections that all close in one way."""
    if plan.kind is not Kind.FICTION:
        return
    sections = [(way, node) for way, node in nodes if not node.below and not plan.is_open(way)]
    for way, node in sections:
        last = plan.is_last(way)
        if node.ending is Ending.FINAL and not last:
            yield Fault("plan/ending", f"“{node.title}” is `final`, and the book goes on after it", way)
        elif last and node.ending is not Ending.FINAL:
            yield Fault("plan/ending", f"“{node.title}” is the end of the book: its ending is `final`", way)
    endings = [node.ending for _, node in sections if node.ending]
    if len(endings) >= _ALIKE and len(set(endings)) == 1:
        way = sections[0][0][:-1]
        yield Fault("plan/ending", f"all {len(endings)} sections end `{endings[0]}`; let them differ", way)


_ALIKE = 4
"""So many sections in a row that close alike are a habit."""
