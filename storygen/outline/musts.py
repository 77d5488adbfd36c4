"""What must appear under a heading is asked of the one section below that it suits best."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from storygen.outline.branch import Branch

_WORD = re.compile(r"\w+")


def placed_musts(branches: Sequence[Branch], above: Sequence[tuple[int, ...]]) -> dict[int, tuple[str, ...]]:
    """Return for each leaf, by index, the texts that it has to hold: its own, then those from above.

    A text from above goes to the leaf whose title, summary and beats share most words with it, the first of
    equals; so that it appears once and not in every section.
    """
    musts: defaultdict[int, list[str]] = defaultdict(list)
    for index, branch in enumerate(branches):
        wanted = branch.card.get("must", ())
        if not branch.children:
            musts[index] = [*wanted, *musts[index]]
        elif wanted:
            leaves = [at for at, way in enumerate(above) if index in way and not branches[at].children]
            said = _who_says(branches, leaves)
            for text in wanted:
                musts[_best(text, leaves, said)].append(text)
    return {index: tuple(dict.fromkeys(texts)) for index, texts in musts.items() if texts}


def _best(text: str, leaves: Sequence[int], said: dict[str, set[int]]) -> int:
    """Return the one of *leaves* that shares most words with *text*."""
    shared: defaultdict[int, int] = defaultdict(int, {leaves[0]: 0})
    for word in _words(text):
        for leaf in said.get(word, ()):
            shared[leaf] += 1
    return min(shared, key=lambda leaf: (-shared[leaf], leaf))


def _who_says(branches: Sequence[Branch], leaves: Sequence[int]) -> dict[str, set[int]]:
    """For every word the leaves that say it."""
    said: defaultdict[str, set[int]] = defaultdict(set)
    for leaf in leaves:
        card = branches[leaf].card
        for word in _words(
            " ".join((card.get("title", ""), card.get("summary", ""), *card.get("beats", ())))
        ):
            said[word].add(leaf)
    return dict(said)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
