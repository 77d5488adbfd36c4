"""Answers a request for a plan from the request's own text: its names, places and sentences become beats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storygen.outline.planned import ONE_SITTING, fitted
from storygen.outline.tree import Level
from storygen.outline.yaml_writer import Value, yaml_text
from storygen.rehearsal.chance import Chance
from storygen.rehearsal.conversation import Conversation
from storygen.rehearsal.plan_task import Task, constraints, has_task, read_task
from storygen.rehearsal.speech import marks
from storygen.rehearsal.wishes import Wishes, about, beginning, codes, read_wishes, things
from storygen.text.languages import language
from storygen.text.slug import slug

_REQUEST = re.compile(r"<(request-*)>\n(.*?)\n</\1>", re.DOTALL)
_CLAUSES = re.compile(r"(?<=[;:—])\s+|,\s+(?=(?:and|but|und|aber|y|pero)\b)")

_LEAVES = {Level.SCENE, Level.SECTION}
_ENDINGS = ("open", "hinge", "resolve")
_TYPES = ("tutorial", "how-to", "explanation", "reference")
_BEATS = 3
_MOST_BEATS = 6
_TEN = 10
_TITLES = {"Mr", "Mrs", "Ms", "Dr", "Sir", "Don", "Herr", "Frau", "The"}


def asks_for_plan(conversation: Conversation) -> bool:
    """Say whether a request wants a book planned that it holds the request for."""
    return bool(_request(conversation)) and has_task(conversation) and "YAML" in conversation.system


def plan(conversation: Conversation) -> str:
    """Return the plan that is asked for, as YAML: of a whole book, or of what one piece is divided into."""
    wishes = read_wishes(_request(conversation))
    task = read_task(conversation, wishes)
    pieces = tuple(_shares(wishes, task))
    below = [_node(wishes, task, piece, number) for number, piece in enumerate(pieces)]
    whole = {} if task.divides else _head(wishes, task)
    return yaml_text({**whole, f"{task.level}s": below}, remarks={})


@dataclass(frozen=True, slots=True)
class _Share:
    """One node to be: its words, the sentences of the request that it tells, its title, how things stand."""

    words: int
    said: tuple[int, ...]
    title: str
    beats: tuple[str, ...]
    enter: str


def _shares(wishes: Wishes, task: Task) -> Iterator[_Share]:
    """Share the sentences of a task out among its nodes, and yield them with their titles."""
    chance = Chance(f"{wishes.said} {task}")
    words = fitted([_TEN + chance.below(5) for _ in range(task.count)], task.words)
    taken = {slug(title) for title in (wishes.title, *task.taken)}
    told, enter = 0, task.before or wishes.tongue.before
    for own in words:
        span = [task.start + share / task.words * (task.end - task.start) for share in (told, told + own)]
        said = _sentences(len(wishes.said), *span)
        title = _title(wishes, said, taken)
        taken.add(slug(title))
        beats = _beats(wishes, task, said, chance)
        yield _Share(own, said, title, beats, enter)
        told, enter = told + own, beats[-1]


def _sentences(count: int, start: float, end: float) -> tuple[int, ...]:
    """Return the indexes of the sentences that begin in a share of the request; at least the nearest."""
    first = min(count - 1, int(start * count + 0.5))
    return tuple(range(first, max(first + 1, min(count, int(end * count + 0.5)))))


def _title(wishes: Wishes, said: Sequence[int], taken: set[str]) -> str:
    """Return a title that nobody has: the heading of the request, or what its sentences are about."""
    first = wishes.said[said[0]]
    phrases = [phrase for at in said for phrase in about(wishes.said[at].text, wishes.tongue)]
    wanted = [*([first.heading] if first.heading and first.heading != wishes.title else []), *phrases]
    wanted = wanted or [beginning(first.text)]
    free = (title for title in wanted if slug(title) and slug(title) not in taken)
    return next(free, None) or _numbered(wanted[0], taken)


def _numbered(title: str, taken: set[str]) -> str:
    number = 2
    while slug(f"{title} {number}") in taken:
        number += 1
    return f"{title} {number}"


def _beats(wishes: Wishes, task: Task, said: Sequence[int], chance: Chance) -> tuple[str, ...]:
    """Return what the sentences say, clause by clause where they are few, and then what may come of it."""
    texts = [wishes.said[at].text for at in said]
    if len(texts) < _BEATS:
        texts = [clause for text in texts for clause in _clauses(text)]
    small = wishes.tongue
    found = [thing for at in said for thing in things(wishes.said[at].text, small)]
    found = found or [thing for each in wishes.said for thing in things(each.text, small)] or [wishes.title]
    patterns = small.page if task.docs else small.story
    while len(texts) < _BEATS:
        name = chance.one(wishes.people or (small.name,))
        phrase = chance.one(found)
        line = chance.deal("patterns", patterns).format(name=name, phrase=phrase)
        texts.append(line[:1].upper() + line[1:])
    return tuple(dict.fromkeys(_spread(texts, _MOST_BEATS)))


def _clauses(text: str) -> list[str]:
    """Return the parts of a sentence that can stand alone."""
    found = [clause.strip(" ,;:—") for clause in _CLAUSES.split(text)]
    whole = [clause[:1].upper() + clause[1:] for clause in found if len(clause.split()) >= _BEATS]
    return whole or [text]


def _spread(texts: Sequence[str], most: int) -> list[str]:
    if len(texts) <= most:
        return list(texts)
    return [texts[index * (len(texts) - 1) // (most - 1)] for index in range(most)]


def _node(wishes: Wishes, task: Task, piece: _Share, number: int) -> dict[str, Value]:
    """Return a node as a reply spells it: a card where it is written in one sitting."""
    first = number == 0
    serves = [id_ for id_, text in task.serves if _is_told(wishes, task, piece, text, first=first)]
    common: dict[str, Value] = {"title": piece.title, "words": piece.words}
    common |= {"type": _TYPES[number % len(_TYPES)]} if task.level is Level.PAGE else {}
    common |= {"summary": wishes.said[piece.said[0]].text}
    states = {"enter": piece.enter, "leave": piece.beats[-1]}
    if task.level not in _LEAVES and piece.words > ONE_SITTING:
        return common | ({} if task.docs else states) | ({"serves": serves} if serves else {})
    last = task.last and number == task.count - 1
    card = _docs_card(wishes, piece) if task.docs else _scene_card(wishes, piece, number, last=last)
    return common | card | ({"serves": serves} if serves else {})


def _docs_card(wishes: Wishes, piece: _Share) -> dict[str, Value]:
    must = dict.fromkeys(code for at in piece.said for code in codes(wishes.said[at].text))
    return {"beats": list(piece.beats), **({"must": list(must)} if must else {})}


def _scene_card(wishes: Wishes, piece: _Share, number: int, *, last: bool) -> dict[str, Value]:
    told = " ".join(piece.beats)
    people = wishes.people or (wishes.tongue.name,)
    hero = people[0]
    there = [name for name in people if name in told or name.split()[0] in told.split()]
    place = next((name for name in wishes.places if name in told), next(iter(wishes.places), ""))
    return {
        "pov": hero,
        "cast": list(dict.fromkeys([hero, *there]))[: max(2, len(people) * 7 // 10)],
        **({"place": place} if place else {}),
        "enter": piece.enter,
        "beats": list(piece.beats),
        "leave": piece.beats[-1],
        "ending": "final" if last else _ENDINGS[number % len(_ENDINGS)],
    }


def _is_told(wishes: Wishes, task: Task, piece: _Share, text: str, *, first: bool) -> bool:
    """Whether *piece* holds the sentence that a constraint is; the *first* has those that no piece holds."""
    at = next((at for at, said in enumerate(wishes.said) if said.text == text), -1)
    held = _sentences(len(wishes.said), task.start, task.end)
    return at in piece.said or (first and at not in held)


def _head(wishes: Wishes, task: Task) -> dict[str, Value]:
    """Return what the plan of a whole says of the book."""
    people = wishes.people or (wishes.tongue.name,)
    quotes = _quotes(wishes.lang)
    style: dict[str, Value] = {"person": "second", "tense": "present"}
    if not task.docs:
        style = {"person": "third, limited", "tense": "past", "quotes": quotes}
    listed: list[Value] = [
        {"id": id_, "text": text, **({"throughout": True} if throughout else {})}
        for id_, text, throughout in constraints(wishes)
    ]
    kinds = [
        *((name, "thing" if task.docs else "character") for name in people[: None if wishes.people else 1])
    ]
    kinds += [(name, "place") for name in wishes.places]
    entries: list[Value] = [
        {"name": name, "kind": kind, **_aliases(name, kind), "about": _told_of(wishes, name)}
        for name, kind in kinds
        if wishes.people or not task.docs
    ]
    head: dict[str, Value] = {"title": wishes.title, "lang": wishes.lang, "words": task.words}
    head |= {"summary": " ".join(said.text for said in wishes.said[:2]), "style": style}
    return head | ({"constraints": listed} if listed else {}) | ({"codex": entries} if entries else {})


def _quotes(lang: str) -> str:
    """Return the marks that are usual in *lang*, as a plan tells them."""
    pair, known = marks("", lang), language(lang)
    return pair.opening if known is None or not pair.closing else " ".join(known.quotes[0])


def _aliases(name: str, kind: str) -> dict[str, Value]:
    first, *rest = name.split()
    return {"aliases": [first]} if kind == "character" and rest and first not in _TITLES else {}


def _told_of(wishes: Wishes, name: str) -> str:
    return next((said.text for said in wishes.said if name in said.text), wishes.said[0].text)


def _request(conversation: Conversation) -> str:
    """Return what somebody has asked for; nothing where no request for a book is in the conversation."""
    found = _REQUEST.search("\n\n".join((conversation.system, *conversation.asking)))
    return found[2] if found else ""
