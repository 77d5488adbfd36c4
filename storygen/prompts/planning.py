"""What the templates of a plan are given: for a whole book, or for what one node of it is divided into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storygen.outline.planned import SHARES, Constraint, Piece, Plan, Way, first_level, level_below
from storygen.outline.tree import Kind, Level
from storygen.prompts.codex import Known
from storygen.prompts.plain import Plain, Variables
from storygen.prompts.variables import one_line

PLAN: dict[str, Plain] = {
    "asked": {"text": "A keeper arrives at a lighthouse.", "tag": "request", "words": 25_000},
    "whole": {
        "title": "The Lamp Room",
        "lang": "en-GB",
        "words": 25_000,
        "summary": "A keeper arrives at a lighthouse.",
        "audience": "",
        "style": {"person": "third, limited", "tense": "past", "tone": "spare", "quotes": "“ ”"},
        "avoid": ["a testament to"],
        "codex": ["## Anna Reyes (character)"],
        "constraints": [{"id": "c1", "text": "Tom refuses payment.", "throughout": 0}],
        "lines": ["Arrival (5,000 words): Anna crosses."],
    },
    "part": {
        "title": "Arrival",
        "level": "chapter",
        "part_of": ["One"],
        "words": 5_000,
        "summary": "Anna crosses.",
        "enter": "Anna is nobody's keeper.",
        "leave": "She is alone with the lamp.",
        "beats": ["Tom refuses payment."],
        "serves": ["c1: Tom refuses payment."],
    },
    "into": "scenes",
    "count": 5,
    "siblings": ["Arrival (5,000 words): Anna crosses."],
    "newcomers": ["## Tom Reyes (character)"],
    "before": "Anna has packed.",
    "last": 0,
    "titles": ["The boat"],
    "reply": {"text": "scenes:", "tag": "reply"},
    "faults": ["the scenes come to 4,000 words, and “Arrival” has 5,000"],
    "critique": 0,
}
"""Everything that the templates of this step are given, with an example of each."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What somebody wants planned: the request, the kind of book, its words, 0 where nobody has said.

    `source` is what people call the request; `critique` whether the plan of the whole is looked at twice.
    """

    text: str
    kind: Kind
    words: int = 0
    source: str = "the request"
    critique: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """A reply that is to be given once more: its faults, or a second look at it where it has none."""

    reply: str
    faults: tuple[str, ...] = ()


def whole_variables(brief: Brief, *, again: Again | None = None) -> Variables:
    """Return what the templates are given that ask for the plan of the whole book."""
    level = first_level(brief.kind, brief.words) if brief.words else None
    told = {"asked": _asked(brief), "last": 1, **_into(level, brief.words), **_again(again)}
    return {name: told.get(name, _blank(example)) for name, example in PLAN.items()}


def part_variables(
    brief: Brief, whole: Plan, plan: Plan, way: Way, *, again: Again | None = None
) -> Variables:
    """Return what the templates are given that ask what the node at *way* of *plan* is divided into.

    *whole* is the plan as it was before anything was divided: the system message, which tells it, is the
    same for all nodes.
    """
    node = plan.at(way)
    variables: dict[str, Plain] = {
        "asked": _asked(brief),
        "whole": _whole(whole),
        "part": _part(plan, way),
        "siblings": list(_lines(plan.below_at(way[:-1]))) if way[1:] else [],
        "newcomers": [Known(entry).text for entry in plan.codex if entry not in whole.codex],
        "before": _before(plan, way),
        "last": int(plan.is_last(way)),
        "titles": [one_line(each.title) for _, each in plan.walk()],
    }
    return variables | _into(level_below(plan.kind, node), node.words) | _again(again)


def _blank(example: Plain) -> Plain:
    """Return what stands where there is nothing like *example*: the same fields with nothing in them."""
    if isinstance(example, dict):
        return {name: _blank(value) for name, value in example.items()}
    return type(example)()


def _asked(brief: Brief) -> dict[str, Plain]:
    return {**_enclosed("request", brief.text.strip()), "words": brief.words}


def _enclosed(tag: str, text: str) -> dict[str, Plain]:
    """Give *text* a tag that it cannot close itself."""
    while f"</{tag}" in text:
        tag += "-"
    return {"text": text, "tag": tag}


def _into(level: Level | None, words: int) -> dict[str, Plain]:
    if level is None:
        return {"into": "", "count": 0}
    return {"into": f"{level}s", "count": max(1, round(words / SHARES[level]))}


def _again(again: Again | None) -> dict[str, Plain]:
    if again is None:
        return {name: _blank(PLAN[name]) for name in ("reply", "faults", "critique")}
    return {
        "reply": _enclosed("reply", again.reply.strip()),
        "faults": [one_line(fault) for fault in again.faults],
        "critique": int(not again.faults),
    }


def _whole(plan: Plan) -> dict[str, Plain]:
    style = plan.style
    return {
        "title": plan.title,
        "lang": plan.lang,
        "words": plan.words,
        "summary": plan.summary.strip(),
        "audience": one_line(plan.audience),
        "style": {"person": style.person, "tense": style.tense, "tone": style.tone, "quotes": style.quotes},
        "avoid": list(style.avoid),
        "codex": [Known(entry).text for entry in plan.codex],
        "constraints": [_constraint(each) for each in plan.constraints],
        "lines": list(_lines(plan.below)),
    }


def _constraint(constraint: Constraint) -> Plain:
    return {"id": constraint.id, "text": one_line(constraint.text), "throughout": int(constraint.throughout)}


def _lines(nodes: Iterable[Piece]) -> Iterator[str]:
    """Yield a line for every node of the first level: title, words, what happens."""
    for node in nodes:
        yield f"{one_line(node.title)} ({node.words:,} words): {one_line(node.summary)}".removesuffix(": ")


def _part(plan: Plan, way: Way) -> dict[str, Plain]:
    node = plan.at(way)
    told = {each.id: one_line(each.text) for each in plan.constraints}
    return {
        "title": one_line(node.title),
        "level": str(node.level),
        "part_of": [one_line(plan.at(way[:depth]).title) for depth in range(1, len(way))],
        "words": node.words,
        "summary": one_line(node.summary),
        "enter": one_line(node.enter),
        "leave": one_line(node.leave),
        "beats": [one_line(beat) for beat in node.beats],
        "serves": [f"{name}: {told[name]}" for name in node.serves if name in told],
    }


def _before(plan: Plan, way: Way) -> str:
    """Return how things stand where the node at *way* begins."""
    before: Sequence[Piece] = [each for at, each in plan.walk() if at < way and at != way[: len(at)]]
    return one_line(before[-1].leave) if before else ""
