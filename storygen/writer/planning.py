"""A plan, level by level: asked for, judged by code, sent back with its faults, put in its place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeAlias

from storygen.messages import Completion, Request, StopReason
from storygen.model.factor import roomy
from storygen.outline.plan_faults import Fault, division_faults, plan_faults, read_faults
from storygen.outline.plan_reader import read_division, read_plan
from storygen.outline.planned import MOST_UNASKED, SHARES, Plan, Way, budgeted, first_level, level_below
from storygen.outline.tree import Entry, Level
from storygen.prompts.plain import Variables
from storygen.prompts.planning import Again, Brief, part_variables, whole_variables
from storygen.writer.ask import ROOM, Commission, without_messages
from storygen.writer.attempt import Line
from storygen.writer.errand import errand_section, run_errand
from storygen.writer.events import Noted

PLAN = errand_section("plan", "The plan")
"""Stands for the sections as long as there are none. An errand is `plan/…`, which no section is called."""

REPAIRS = 2
"""How often a piece is sent back with what is wrong with it."""

_HEAD, _CARD, _UNKNOWN = 4_000, 450, 20
"""Plain tokens that the plan of a whole has without its pieces, and each piece; how many may be in it."""

_CUT_SHORT = {
    StopReason.MAX_TOKENS: "the reply was cut off at its limit: say the same in fewer words",
    StopReason.CONTEXT_WINDOW: "the reply was cut off, the window is full: say the same in fewer words",
    StopReason.CUT: "the reply broke off",
}


@dataclass(frozen=True, slots=True)
class Planning:
    """What came of a request: the plan, if there is one, and what is still wrong with it.

    It is not `finished` where somebody said stop before everything was divided.
    """

    plan: Plan | None
    faults: tuple[Fault, ...] = ()
    finished: bool = True


@dataclass(frozen=True, slots=True)
class _Judged:
    """A reply as it was understood: the plan with it in its place, its faults, its text."""

    plan: Plan | None
    faults: tuple[Fault, ...] = ()
    reply: str = ""
    refused: bool = False

    @property
    def worth(self) -> tuple[bool, int]:
        """How good it is: a plan is better than none, few faults than many."""
        return self.plan is not None, -len(self.faults)


class _Ask(Protocol):
    """What the templates are given that ask for a piece, for the first time or again."""

    def __call__(self, *, again: Again | None) -> Variables: ...


_Judge: TypeAlias = Callable[[str], _Judged]


async def make_plan(
    commission: Commission,
    brief: Brief,
    *,
    line: Line,
    stop: Callable[[], bool],
) -> Planning:
    """Plan what *brief* asks for: the whole first, then every piece of it until only sections are left.

    Each reply is judged, and sent back with its faults up to REPAIRS times; after that the best there was
    stands, and its faults are told. *stop* is asked before every piece. Raises ModelError or Stopped as
    `run_errand` does.
    """
    planner = _Planner(commission, brief, line)
    whole = await planner.whole()
    if whole.plan is None:
        return Planning(None, whole.faults)
    plan, faults, tried = whole.plan, list(whole.faults), set[Way]()
    while (way := _next_open(plan, tried)) is not None:
        if stop():
            return Planning(plan, tuple(faults), finished=False)
        tried.add(way)
        piece = await planner.part(whole.plan, plan, way)
        plan = piece.plan or plan
        faults += piece.faults
    return Planning(plan, tuple(faults))


def _next_open(plan: Plan, tried: set[Way]) -> Way | None:
    return next((way for way, _ in plan.walk() if plan.is_open(way) and way not in tried), None)


@dataclass(frozen=True, slots=True)
class _Planner:
    """Asks for pieces of one plan."""

    commission: Commission
    brief: Brief
    line: Line

    async def whole(self) -> _Judged:
        """Return the plan of the whole."""
        words = self.brief.words
        level = first_level(self.brief.kind, words) if words else None
        room = _HEAD + _CARD * (_count(words, level) if level else _UNKNOWN)
        ask = partial(whole_variables, self.brief)
        self._say("planning the whole")
        piece = await self._settle("whole", ask, self._whole, room=room)
        if self.brief.critique and piece.plan:
            self._say("looking at the whole once more")
            second = await self._settle("whole", ask, self._whole, room=room, again=Again(piece.reply))
            piece = max(second, piece, key=lambda each: each.worth)
        return piece

    async def part(self, whole: Plan, plan: Plan, way: Way) -> _Judged:
        """Return *plan* with the node at *way* divided; *whole* is the plan as it was before all that."""
        node, level = plan.at(way), level_below(plan.kind, plan.at(way))
        assert level is not None  # noqa: S101 - only open nodes are divided
        ask = partial(part_variables, self.brief, whole, plan, way)
        judge = partial(self._part, plan=plan, way=way, level=level)
        room = _HEAD // 4 + _CARD * _count(node.words, level)
        self._say(f"planning {_number(way)} {node.title}")
        piece = await self._settle(_number(way), ask, judge, room=room)
        return replace(piece, faults=tuple(replace(each, way=each.way or way) for each in piece.faults))

    async def _settle(
        self, name: str, ask: _Ask, judge: _Judge, *, room: int, again: Again | None = None
    ) -> _Judged:
        """Ask until a piece has no faults, or has been sent back often enough; return the best there was."""
        pieces: list[_Judged] = []
        while len(pieces) <= REPAIRS:
            request = self._request(ask(again=again), room=room)
            completion = await run_errand(request, id=f"{PLAN.id}/{name}", title=name, line=self.line)
            pieces.append(_judged(completion, judge))
            if not pieces[-1].faults or pieces[-1].refused:
                break
            again = Again(completion.text, tuple(fault.message for fault in pieces[-1].faults))
        return max(reversed(pieces), key=lambda each: each.worth)

    def _request(self, variables: Variables, *, room: int) -> Request:
        commission = self.commission
        empty = without_messages(commission, PLAN)
        row = commission.catalogue.find(empty.model)
        limit = math.ceil(room * ROOM * roomy(row.factor, commission.factor(row)))
        return replace(
            empty,
            messages=commission.templates.render(self.brief.kind, "plan", variables),
            max_tokens=commission.settings.max_tokens or limit,
        )

    def _whole(self, reply: str) -> _Judged:
        plan, findings = read_plan(reply, kind=self.brief.kind)
        unread = read_faults(findings, ())
        if plan is None or not plan.below:
            found = unread or (plan_faults(plan, words=self.brief.words) if plan else [])
            return _Judged(None, tuple(found), reply)
        faults = [*unread, *plan_faults(plan, words=self.brief.words)]
        told = plan.words or sum(node.words for node in plan.below)
        words = self.brief.words or min(told, MOST_UNASKED)
        return _Judged(replace(plan, words=words, below=budgeted(plan.below, words)), tuple(faults), reply)

    def _part(self, reply: str, *, plan: Plan, way: Way, level: Level) -> _Judged:
        division, findings = read_division(reply, kind=plan.kind, level=level)
        unread = read_faults(findings, way)
        if division is None or not division.below:
            return _Judged(None, tuple(unread) or (_nothing(plan, way, level),), reply)
        grown = replace(plan.divided(way, division.below), codex=_with(plan.codex, division.codex))
        faults = [*unread, *division_faults(grown, way)]
        below = budgeted(division.below, plan.at(way).words)
        return _Judged(grown.divided(way, below), tuple(faults), reply)

    def _say(self, what: str) -> None:
        self.line.tell(Noted(what))


def _judged(completion: Completion, judge: _Judge) -> _Judged:
    """Judge a reply; one that was refused or cut off has that for its first fault."""
    if completion.stop_reason is StopReason.REFUSAL:
        why = f" ({completion.stop_detail})" if completion.stop_detail else ""
        return _Judged(None, (Fault("plan/refused", f"the model refused to plan this{why}"),), refused=True)
    piece = judge(completion.text)
    short = _CUT_SHORT.get(completion.stop_reason)
    return replace(piece, faults=(Fault("plan/cut", short), *piece.faults)) if short else piece


def _nothing(plan: Plan, way: Way, level: Level) -> Fault:
    return Fault("plan/empty", f"“{plan.at(way).title}” is not divided: the reply lists no {level}s", way)


def _with(codex: Sequence[Entry], newcomers: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return *codex* with those of the *newcomers* that it does not know."""
    known = {name.casefold() for entry in codex for name in entry.names}
    return (*codex, *(entry for entry in newcomers if entry.name.casefold() not in known))


def _count(words: int, level: Level) -> int:
    return max(1, round(words / SHARES[level]))


def _number(way: Way) -> str:
    """Return how a node is counted.

    >>> _number((0, 2))
    '1.3'
    """
    return ".".join(str(index + 1) for index in way)
