"""What bears out the names in a page of documentation: its sources, the codex, what its author planned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from storygen.draft import Finding
from storygen.outline.tree import Entry, Outline, Section
from storygen.review.claims import Claim, claims
from storygen.review.page import Page, clipped
from storygen.review.residue import still_to_verify
from storygen.review.rules import UNSUPPORTED

_JOINED = re.compile(r"\\\n")
_VERSION = re.compile(r"v?(\d+(?:\.\d+)+)")


@dataclass(frozen=True, slots=True)
class Witness:
    """A text that may bear out a name; what it was asked once it knows."""

    text: str
    _known: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, text: str) -> Witness:
        """Return the witness that *text* is, its lines joined."""
        return cls(" ".join(_JOINED.sub(" ", text).split()))

    def says(self, name: str) -> bool:
        """Say whether *name* stands there, and not only as part of a longer one."""
        if name not in self._known:
            self._known[name] = _stands(name, self.text)
        return self._known[name]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that bears out the names in one section; `unseen` are sources that nobody could look at."""

    witnesses: tuple[Witness, ...] = ()
    unseen: tuple[str, ...] = ()

    def lacks(self, claim: Claim) -> tuple[str, ...]:
        """Return the names of *claim* that nothing bears out; none where it stands somewhere as a whole."""
        if self._has(claim.whole):
            return ()
        return tuple(name for name in claim.parts if not self._has(name))

    def _has(self, name: str) -> bool:
        return any(witness.says(name) for witness in self.witnesses)


def unsupported(page: Page, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for every name in *page* that nothing bears out, at its first place."""
    for claim, names in unproved(page, evidence):
        yield page.finding(UNSUPPORTED, (claim.start, claim.end), _message(names, evidence.unseen))


def unproved(page: Page, evidence: Evidence) -> Iterator[tuple[Claim, tuple[str, ...]]]:
    """Yield the claims of *page* that nothing bears out, each with those of its names, no name twice.

    What a mark in the text says is still to be checked is known already.
    """
    found = claims(page.text)
    marks = Witness.of(" ".join(still_to_verify(page.text)))
    told = {name for claim in found for name in claim.parts if marks.says(name)}
    for claim in found:
        names = tuple(name for name in evidence.lacks(claim) if name not in told)
        told.update(names)
        if names:
            yield claim, names


def words_of(outline: Outline) -> str:
    """Return all that the author of *outline* says in it, one thing a line: codex, headings, cards."""
    told = [outline.title, outline.subtitle, outline.summary, outline.audience]
    for entry in outline.codex:
        told += _entry(entry)
    for node in outline.nodes:
        told += _card(node) if isinstance(node, Section) else [node.title, node.summary]
    return "\n".join(told)


def _entry(entry: Entry) -> Iterator[str]:
    yield from (*entry.names, entry.about, entry.voice)
    yield from (change.about for change in entry.changes)


def _card(section: Section) -> Iterator[str]:
    yield from (section.title, section.summary, section.enter, section.leave, section.audience)
    yield from (*section.beats, *section.must, *section.facts, *section.plant, *section.pay)
    yield from section.story.values()
    yield from (source.name for source in section.sources)


def _message(names: tuple[str, ...], unseen: tuple[str, ...]) -> str:
    listed = ", ".join(f"`{clipped(name)}`" for name in names)
    message = f"{listed} {'is' if len(names) == 1 else 'are'} in no source, codex entry or card"
    return f"{message}; not looked at: {', '.join(unseen)}" if unseen else message


def _stands(name: str, text: str) -> bool:
    """Say whether *name* stands in *text*, a version with or without its v.

    >>> _stands("--dry", "ferry --dry-run"), _stands("v1.4", "since 1.4."), _stands("1.4", "11.4, 1.4.2")
    (False, True, False)
    """
    version = _VERSION.fullmatch(name)
    if (version[1] if version else name) not in text:
        return False
    if version:
        return re.search(rf"(?<![\w.])v?{re.escape(version[1])}(?![\w-]|\.\d)", text) is not None
    before = r"(?<![\w-])" if name[0].isalnum() or name[0] in "_-" else ""
    behind = r"(?![\w-])" if name[-1].isalnum() or name[-1] in "_-" else ""
    return re.search(f"{before}{re.escape(name)}{behind}", text) is not None
