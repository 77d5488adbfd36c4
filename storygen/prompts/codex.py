"""Which codex entries a section is told, in what form, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from storygen.messages import Count
from storygen.outline.tree import Entry, Include, Outline, Section
from storygen.prompts.mentions import Searched, fold

TITLE = "the title"
"""What the piece of a card is called that says the least."""


class Why(IntEnum):
    """Why an entry is sent or not; the smaller number is the stronger reason."""

    NAMED = 1
    """The card's point of view, cast or place is this entry."""
    CARD = 2
    """The card mentions it."""
    TAIL = 3
    """The last sentences of the section before mention it."""
    NESTED = 4
    """An entry that is sent mentions it."""
    ALWAYS = 5
    """It is in the system message of every section."""
    NEVER = 6
    """The outline says so."""
    ABSENT = 7
    """Nothing mentions it."""


Reason: TypeAlias = tuple[Why, str]
"""Why an entry is sent or not, and that in words."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry, whether it is sent with a section, and why.

    `tokens` is what it costs in the prompt, or would have cost.
    """

    entry: Entry
    sent: bool
    why: Why
    reason: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Known:
    """An entry as it stands at a section.

    `changes` are those that hold by then, the oldest first, each behind the title of where it began.
    """

    entry: Entry
    changes: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The entry as a prompt has it: a heading, then what is known, the latest last."""
        entry = self.entry
        lines = (
            f"## {heading(entry)}",
            f"Also: {', '.join(entry.aliases)}" if entry.aliases else "",
            entry.about.strip(),
            f"Voice: {entry.voice.strip()}" if entry.voice else "",
            *(f"Since “{title}”: {about.strip()}" for title, about in self.changes),
        )
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class _Fit:
    """Whether an entry is sent, what it costs, and what was left of the budget when its turn came."""

    sent: bool
    tokens: int
    left: int


@dataclass(frozen=True, slots=True)
class Choices:
    """Every entry of the outline, chosen or not, and what is sent with the section."""

    all: tuple[Choice, ...]
    known: tuple[Known, ...]


def heading(entry: Entry) -> str:
    """Return an entry's name with its kind.

    >>> heading(Entry("Anna Reyes", kind="character"))
    'Anna Reyes (character)'
    """
    return f"{entry.name} ({entry.kind})" if entry.kind else entry.name


def always(outline: Outline) -> tuple[Known, ...]:
    """Return the entries that every section is told, in their base form."""
    return tuple(Known(entry) for entry in outline.codex if entry.include is Include.ALWAYS)


def choose(outline: Outline, section: Section, *, tail: str, limit: int, count: Count) -> Choices:
    """Choose the codex entries for *section* in the order of the outline, within *limit* tokens.

    An `always` entry is sent here too once a change of it holds, because the system message has its base
    form. Such entries, and those that point of view, cast or place name, are sent whatever they cost. The
    rest comes in the order of its reasons (card, tail, nested) and, within one reason, of the outline; what
    does not fit is passed over for what still does, and only what is sent draws others in.
    """
    known = tuple(known_at(entry, section, outline.starts) for entry in outline.codex)
    reasons = _direct_reasons(known, section, tail=tail)
    fits = _fit(known, reasons, _wanted(known, reasons), limit=limit, count=count)
    nested = _follow(known, reasons, fits)
    left = limit - sum(fit.tokens for fit in fits.values() if fit.sent)
    reasons |= nested
    fits |= _fit(known, reasons, sorted(nested), limit=left, count=count)
    return Choices(
        all=tuple(
            _choice(each, *reasons[index], fits.get(index), limit=limit, count=count)
            for index, each in enumerate(known)
        ),
        known=tuple(known[index] for index in sorted(fits) if fits[index].sent),
    )


def card_pieces(section: Section) -> Iterable[tuple[str, str]]:
    """Yield everything that the card of *section* says, each piece behind its name."""
    yield from ((TITLE, section.title), ("the point of view", section.pov))
    yield ("who tells it", section.style.person)
    yield from (("the cast", name) for name in section.cast)
    yield from (("the place", section.place), ("the time", section.time), ("the summary", section.summary))
    yield from ((f"beat {number}", beat) for number, beat in enumerate(section.beats, start=1))
    yield from (("the state on entering", section.enter), ("the state on leaving", section.leave))
    yield from (("a fact", fact) for fact in section.facts)
    yield from (("a thread", thread) for thread in (*section.plant, *section.pay))
    yield from (("what must appear", text) for text in section.must)
    yield from ((f"the {name}", text) for name, text in section.story.items())


def named(entries: Iterable[Entry], section: Section) -> tuple[Entry, ...]:
    """Return those of *entries* that the card of *section* names, whatever its title says."""
    card = Searched.of(text for piece, text in card_pieces(section) if piece != TITLE)
    return tuple(entry for entry in entries if entry.include is not Include.NEVER and card.first(entry.names))


def known_at(entry: Entry, section: Section, begun: Mapping[str, tuple[int, str]]) -> Known:
    """Put *entry* together with the changes that hold when *section* begins, with an outline's `starts`."""
    held = [(*begun[change.start], change.about) for change in entry.changes if change.start in begun]
    held.sort(key=lambda change: change[0])
    return Known(
        entry, tuple((title, about) for position, title, about in held if position <= section.position)
    )


def _direct_reasons(known: Sequence[Known], section: Section, *, tail: str) -> dict[int, Reason]:
    card = tuple((name, Searched.of([text])) for name, text in card_pieces(section))
    last = Searched.of([tail])
    return {index: _direct(each.entry, section, card=card, tail=last) for index, each in enumerate(known)}


def _direct(
    entry: Entry, section: Section, *, card: Sequence[tuple[str, Searched]], tail: Searched
) -> Reason:
    """Find the strongest reason for *entry* that does not come from another entry."""
    if entry.include is Include.NEVER:
        return Why.NEVER, "the outline says `include: never`"
    for role, names in (
        ("point of view", (section.pov,)),
        ("cast", section.cast),
        ("place", (section.place,)),
    ):
        if {fold(name) for name in entry.names} & {fold(name) for name in names if name}:
            return Why.NAMED, role
    for piece, text in card:
        if name := text.first(entry.names):
            return Why.CARD, f"“{name}” in {piece}"
    if name := tail.first(entry.names):
        return Why.TAIL, f"“{name}” in the tail"
    if entry.include is Include.ALWAYS:
        return Why.ALWAYS, "the outline says `include: always`"
    return Why.ABSENT, "not mentioned"


def _follow(
    known: Sequence[Known], reasons: Mapping[int, Reason], fits: Mapping[int, _Fit]
) -> dict[int, Reason]:
    """Return what the entries mention that are sent for a reason of their own; those draw in nothing more."""
    found: dict[int, Reason] = {}
    for source, each in enumerate(known):
        told = each.entry.include is Include.ALWAYS or (source in fits and fits[source].sent)
        if not told or reasons[source][0] > Why.TAIL:
            continue
        text = Searched.of([each.entry.about, each.entry.voice, *(about for _, about in each.changes)])
        for index, other in enumerate(known):
            if reasons[index][0] is Why.ABSENT and (name := text.first(other.entry.names)):
                found.setdefault(index, (Why.NESTED, f"“{name}” in {each.entry.name}"))
    return found


def _wanted(known: Sequence[Known], reasons: Mapping[int, Reason]) -> list[int]:
    """Return which entries the section's own message should have, the strongest reasons first.

    The system message has the base form of those that are always told.
    """
    found = [
        index
        for index, each in enumerate(known)
        if (each.changes if each.entry.include is Include.ALWAYS else reasons[index][0] <= Why.TAIL)
    ]
    return sorted(found, key=lambda index: (reasons[index][0], index))


def _fit(
    known: Sequence[Known],
    reasons: Mapping[int, Reason],
    wanted: Iterable[int],
    *,
    limit: int,
    count: Count,
) -> dict[int, _Fit]:
    """Say of the *wanted* entries, one after another, whether they fit, and what they cost."""
    fits: dict[int, _Fit] = {}
    left = limit
    for index in wanted:
        cost = count(known[index].text)
        sure = reasons[index][0] is Why.NAMED or known[index].entry.include is Include.ALWAYS
        fits[index] = _Fit(sure or cost <= left, cost, max(0, left))
        left -= cost if fits[index].sent else 0
    return fits


def _choice(known: Known, why: Why, reason: str, fit: _Fit | None, *, limit: int, count: Count) -> Choice:
    if known.entry.include is Include.ALWAYS:
        base = count(Known(known.entry).text)
        again = fit.tokens if fit else 0
        reason = "`include: always`" + ("; with its changes here" if fit else "")
        return Choice(known.entry, sent=True, why=why, reason=reason, tokens=base + again)
    if fit is None:
        return Choice(known.entry, sent=False, why=why, reason=reason, tokens=0)
    if not fit.sent:
        reason += f"; left out: of the {limit:,} tokens for the codex {fit.left:,} were left"
    return Choice(known.entry, sent=fit.sent, why=why, reason=reason, tokens=fit.tokens)
