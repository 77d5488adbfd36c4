"""Which codex entries a section is told, in what form, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from storygen.messages import Count
from storygen.outline.tree import Entry, Heading, Include, Outline, Section
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
    rest comes in the order of its reasons (card, tail, nested) as long as it fits.
    """
    begun = starts(outline)
    known = tuple(known_at(entry, section, begun) for entry in outline.codex)
    reasons = _reasons(known, section, tail=tail)
    fits = _fit(known, reasons, limit=limit, count=count)
    return Choices(
        all=tuple(
            _choice(each, reasons[index], fits.get(index), limit=limit, count=count)
            for index, each in enumerate(known)
        ),
        known=tuple(known[index] for index in sorted(fits) if fits[index][0]),
    )


def card_pieces(section: Section) -> Iterable[tuple[str, str]]:
    """Yield everything that the card of *section* says, each piece behind its name."""
    yield from ((TITLE, section.title), ("the point of view", section.pov))
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
    """Put *entry* together with the changes that hold when *section* begins; *begun* is from `starts`."""
    held = [(*begun[change.start], change.about) for change in entry.changes if change.start in begun]
    held.sort(key=lambda change: change[0])
    return Known(
        entry, tuple((title, about) for position, title, about in held if position <= section.position)
    )


def starts(outline: Outline) -> Mapping[str, tuple[int, str]]:
    """Say for every id of the tree which section it begins with, and its title."""
    begun: dict[str, tuple[int, str]] = {}
    position = 1
    for node in outline.nodes:
        begun[node.id] = (position, node.title)
        position += not isinstance(node, Heading)
    return begun


def _reasons(known: Sequence[Known], section: Section, *, tail: str) -> list[tuple[Why, str]]:
    card = tuple((name, Searched.of([text])) for name, text in card_pieces(section))
    last = Searched.of([tail])
    found = [_direct(each.entry, section, card=card, tail=last) for each in known]
    for index, (why, _) in enumerate(tuple(found)):
        if why <= Why.TAIL:
            _follow(known, found, index)
    return found


def _direct(
    entry: Entry, section: Section, *, card: Sequence[tuple[str, Searched]], tail: Searched
) -> tuple[Why, str]:
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


def _follow(known: Sequence[Known], found: list[tuple[Why, str]], source: int) -> None:
    """Draw in what the entry at *source* mentions; what is drawn in draws in nothing more."""
    text = Searched.of([known[source].entry.about, *(about for _, about in known[source].changes)])
    for index, each in enumerate(known):
        if found[index][0] is Why.ABSENT and (name := text.first(each.entry.names)):
            found[index] = (Why.NESTED, f"“{name}” in {known[source].entry.name}")


def _fit(
    known: Sequence[Known], reasons: Sequence[tuple[Why, str]], *, limit: int, count: Count
) -> Mapping[int, tuple[bool, int]]:
    """Say for the entries that the section's own message wants whether they fit, and what they cost."""
    wanted = [index for index, each in enumerate(known) if _wanted(each, reasons[index][0])]
    fits: dict[int, tuple[bool, int]] = {}
    left = limit
    for index in sorted(wanted, key=lambda index: (reasons[index][0], index)):
        cost = count(known[index].text)
        fit = cost <= left or reasons[index][0] is Why.NAMED or known[index].entry.include is Include.ALWAYS
        fits[index] = (fit, cost)
        left -= cost if fit else 0
    return fits


def _wanted(known: Known, why: Why) -> bool:
    """Whether the section's own message should have it; the system message has the base form of some."""
    return bool(known.changes) if known.entry.include is Include.ALWAYS else why <= Why.NESTED


def _choice(
    known: Known, found: tuple[Why, str], fit: tuple[bool, int] | None, *, limit: int, count: Count
) -> Choice:
    why, reason = found
    sent, tokens = fit or (False, 0)
    if known.entry.include is Include.ALWAYS:
        base = count(Known(known.entry).text)
        reason = "`include: always`" + ("; with its changes here" if sent else "")
        return Choice(known.entry, sent=True, why=why, reason=reason, tokens=base + tokens * sent)
    if fit and not sent:
        reason += f"; left out: the codex may have {limit:,} tokens"
    return Choice(known.entry, sent=sent, why=why, reason=reason, tokens=tokens)
