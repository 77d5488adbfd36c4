"""What earlier sections have established, and the threads that they have left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from storygen.draft import Digest, Fact
from storygen.messages import Count
from storygen.outline.tree import Outline, Section
from storygen.prompts.codex import TITLE, Known, card_pieces, named
from storygen.prompts.mentions import Searched, fold
from storygen.prompts.recap import Newest, newest

LATEST = 20
"""How many of the threads that texts have opened by themselves are remembered."""


def facts(
    outline: Outline,
    section: Section,
    before: Sequence[Section],
    *,
    known: Sequence[Known],
    digests: Mapping[str, Digest],
    limit: int,
    count: Count,
) -> Newest:
    """Return what the sections *before* established, in their order, within *limit* tokens.

    What their cards establish comes first, and of that what is about *known* entries; then, the newest first,
    what their *digests*, by id, have found about whom and what the card of *section* names.
    """
    names = [name for each in known for name in each.entry.names]
    about = digested(outline, section, digests)
    ranks: dict[str, int] = {}
    for each in before:
        for fact in each.facts:
            line = " ".join(fact.split())
            ranks[line] = 2 if Searched.of([line]).first(names) else 1
        for line in about.get(each.id, ()):
            ranks.setdefault(line, 0)
    kept = newest(sorted(ranks, key=lambda line: ranks[line]), limit=limit, count=count)
    return replace(kept, lines=tuple(line for line in ranks if line in kept.lines))


def digested(outline: Outline, section: Section, digests: Mapping[str, Digest]) -> dict[str, tuple[str, ...]]:
    """Return, by id, the facts of *digests* about whom and what the card of *section* names."""
    card = Searched.of(text for piece, text in card_pieces(section) if piece != TITLE)
    names = [name for entry in named(outline.codex, section) for name in entry.names]
    names += [name for name in (section.pov, *section.cast, section.place) if name]
    return {
        id_: tuple(
            _line(fact)
            for fact in digest.facts
            if _searched(fact).first(names) or (fact.about and card.first([fact.about]))
        )
        for id_, digest in digests.items()
    }


def open_threads(outline: Outline, section: Section, digests: Mapping[str, Digest]) -> tuple[str, ...]:
    """Return the threads that were begun before *section* and that nothing up to its end pays.

    Cards plant and pay threads, and so do the texts that *digests*, by id, sum up.
    """
    before = [each for each in outline.sections if each.position < section.position]
    paid = {fold(thread) for each in (*before, section) for thread in each.pay}
    paid |= {fold(thread) for digest in digests.values() for thread in digest.paid}
    begun = list(dict.fromkeys(_begun(before, digests)))
    planted = {thread for each in before for thread in each.plant}
    late = [thread for thread in begun if thread not in planted and fold(thread) not in paid][-LATEST:]
    return tuple(thread for thread in begun if fold(thread) not in paid and thread in {*planted, *late})


def _begun(before: Sequence[Section], digests: Mapping[str, Digest]) -> Iterator[str]:
    for each in before:
        yield from each.plant
        yield from digests[each.id].opened if each.id in digests else ()


@lru_cache(maxsize=100_000)
def _searched(fact: Fact) -> Searched:
    return Searched.of([fact.about, fact.fact])


def _line(fact: Fact) -> str:
    """Return *fact* as a line that says whom it is about.

    >>> _line(Fact("She is left-handed.", "Anna")), _line(Fact("Anna is left-handed.", "Anna"))
    ('Anna: She is left-handed.', 'Anna is left-handed.')
    """
    if not fact.about or Searched.of([fact.fact]).first([fact.about]):
        return fact.fact
    return f"{fact.about}: {fact.fact}"
