"""What a request for a plan asks for now: the whole, or one piece of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from storygen.outline.planned import SHARES
from storygen.outline.tree import Level
from storygen.rehearsal.conversation import Conversation
from storygen.rehearsal.region import numbers
from storygen.rehearsal.wishes import Wishes, holds_throughout

_TASK = re.compile(r"<task>\n(.*?)\n</task>", re.DOTALL)
_PLAN = re.compile(r"<plan>\n(.*?)\n</plan>", re.DOTALL)
_FIELD = re.compile(r"^([A-Z][\w ]*): (.+)$", re.MULTILINE)
_LINE = re.compile(r"^- (?P<title>.+) \((?P<words>[\d,]+) words\)", re.MULTILINE)
_UP_TO = re.compile(r"(\w+) up to ([\d,]+)")
_ABOVE = re.compile(r"(\w+) above that")
_SERVES = re.compile(r"^- (?P<id>[\w-]+): (?P<text>.+)$", re.MULTILINE)
_TAKEN = re.compile(r"^Titles that are taken: (.+)$", re.MULTILINE)
_LEVELS = {f"{level}s": level for level in Level}
_USUAL = 6_000


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be planned: so many nodes of a level, from one share of the request to another.

    `serves` are the constraints that are to be met, by id; `divides` is whether the whole is there already.
    """

    level: Level
    count: int
    words: int
    start: float = 0
    end: float = 1
    before: str = ""
    serves: tuple[tuple[str, str], ...] = ()
    taken: tuple[str, ...] = ()
    divides: bool = False
    last: bool = True
    docs: bool = False


def has_task(conversation: Conversation) -> bool:
    """Say whether *conversation* has a task as a request for a plan has one."""
    return any(_TASK.search(text) for text in conversation.asking)


def read_task(conversation: Conversation, wishes: Wishes) -> Task:
    """Return what *conversation* asks to be planned of the book that *wishes* are for."""
    asking = "\n\n".join(conversation.asking)
    task = _found(_TASK, asking, 1)
    fields = {name.lower(): value for name, value in _FIELD.findall(task)}
    divide = fields.get("divide it into", "")
    told = numbers(fields.get("words", ""))
    divides = bool(_PLAN.search(conversation.system))
    words = told[0] if told and not re.match(r"\D+\b", fields["words"]) else wishes.words or _USUAL
    level = _level(divide, words)
    taken = _TAKEN.search(asking)
    start, end = _span(conversation, asking, fields) if divides else (0.0, 1.0)
    return Task(
        level=level,
        count=_count(divide, words, level),
        words=words,
        start=start,
        end=end,
        before=fields.get("what comes before it ends so", ""),
        serves=tuple(_SERVES.findall(task)) if divides else _local(wishes),
        taken=tuple(taken[1].split("; ")) if taken else (),
        divides=divides,
        last=not divides or "The book ends with it" in asking,
        docs="documentation" in conversation.system.partition("\n")[0],
    )


def _level(divide: str, words: int) -> Level:
    """Return what to divide into: as told, or the first that a book of so many words may have."""
    ranges = [(name, numbers(most)[0]) for name, most in _UP_TO.findall(divide)]
    above = _ABOVE.search(divide)
    name = next(
        (name for name, most in ranges if words <= most), above[1] if above else divide.partition(",")[0]
    )
    return _LEVELS.get(name.strip(), Level.SECTION)


def _count(divide: str, words: int, level: Level) -> int:
    told = [] if _UP_TO.search(divide) else numbers(divide)
    return max(1, told[-1] if told else round(words / SHARES[level]))


def _span(conversation: Conversation, asking: str, fields: dict[str, str]) -> tuple[float, float]:
    """Return from which share of the request to which a piece tells: its place among its siblings."""
    above = fields.get("part of", "").split(" › ")[0]
    title = re.sub(r"^the \w+ “|”$", "", fields.get("plan", ""))
    start, end = _share(_found(_PLAN, conversation.system, 1), above or title)
    if above:
        first, last = _share(asking, title)
        start, end = start + first * (end - start), start + last * (end - start)
    return start, end


def _share(lines: str, title: str) -> tuple[float, float]:
    """Return which share of all words the node called *title* has among *lines*, and where it begins."""
    nodes = [(found["title"], numbers(found["words"])[0]) for found in _LINE.finditer(lines)]
    total = sum(words for _, words in nodes)
    done = 0
    for name, words in nodes:
        if name == title:
            return done / max(1, total), (done + words) / max(1, total)
        done += words
    return 0.0, 1.0


def _local(wishes: Wishes) -> tuple[tuple[str, str], ...]:
    """Return the constraints that belong somewhere, with the ids that all of them have."""
    return tuple((id_, text) for id_, text, throughout in constraints(wishes) if not throughout)


def constraints(wishes: Wishes) -> Iterator[tuple[str, str, bool]]:
    """Yield everything that a request insists on: its id, its text, whether it holds throughout."""
    for number, at in enumerate(wishes.insists, 1):
        text = wishes.said[at].text
        yield f"c{number}", text, holds_throughout(text, wishes.tongue)


def _found(pattern: re.Pattern[str], text: str, group: int) -> str:
    found = pattern.search(text)
    return found[group] if found else ""
