"""Texts that a review is measured on: clean ones, and faults that are planted in them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from storygen.book.frontmatter import split_front_matter
from storygen.draft import Finding
from storygen.outline.tree import Entry, Kind, Level, Outline, Section, Style, WordTarget
from storygen.review.conventions import Conventions
from storygen.review.evidence import Evidence, Witness, words_of
from storygen.review.page import Piece
from storygen.review.report import ground_of, review
from storygen.review.rules import Ground

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

ELSEWHERE = (
    ("benchmarks/seams/texts/prose-*.md", "en", Kind.FICTION),
    ("benchmarks/seams/texts/dialogue-*.md", "en", Kind.FICTION),
    ("benchmarks/seams/texts/de-*.md", "de", Kind.FICTION),
    ("benchmarks/seams/texts/es-*.md", "es", Kind.FICTION),
    ("benchmarks/seams/texts/fr-*.md", "fr", Kind.FICTION),
    ("benchmarks/seams/texts/ja-prose.md", "ja", Kind.FICTION),
    ("benchmarks/seams/held-out/prose-*.md", "en", Kind.FICTION),
    ("benchmarks/seams/held-out/dialogue-*.md", "en", Kind.FICTION),
    ("benchmarks/seams/held-out/docs-*.md", "en", Kind.DOCS),
    ("outlines/short-story/style/*.md", "en-GB", Kind.FICTION),
    ("outlines/novel/style/*.md", "en-GB", Kind.FICTION),
    ("outlines/cuento/style/*.md", "es", Kind.FICTION),
    ("README.md", "en", Kind.DOCS),
    ("CONTRIBUTING.md", "en", Kind.DOCS),
    ("templates/README.md", "en", Kind.DOCS),
    ("outlines/README.md", "en", Kind.DOCS),
)
"""Prose that was written by hand for other ends in this repository, each text a book of its own."""

MIXED = {"prose-dashes"}
"""Texts that mix their marks on purpose."""

_HEADING = re.compile(r"^#{1,6} .*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Host:
    """A clean text: what its outline declares, and its prose."""

    name: str
    outline: Outline
    text: str

    @property
    def section(self) -> Section:
        """The one section of its book."""
        return self.outline.sections[0]

    def findings(self) -> list[Finding]:
        """Review the text as the one section of its book; hints are left out."""
        return _reviewed(self.outline, [Piece(self.section, self.text, f"{self.name}.md")], source=self.text)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, planted in a clean text: the rule that should find it, and the lines on which it stands.

    A fault that is something missing stands nowhere: its `lines` are empty. What the names in
    it are looked up in is its `source`: the clean text, where they are the fault.
    """

    rule: str
    outline: Outline
    pieces: tuple[Piece, ...]
    samples: Mapping[str, str]
    source: str
    lines: range

    def findings(self) -> list[Finding]:
        """Review the book with the fault in it; hints are left out."""
        return _reviewed(self.outline, self.pieces, samples=self.samples, source=self.source)

    def is_it(self, finding: Finding) -> bool:
        """Whether *finding* is this fault, found by its rule where it stands."""
        return finding.rule == self.rule and (finding.line in self.lines or not (self.lines or finding.line))


def faults() -> Iterator[Fault]:
    """Yield all faults, each in a book of its own."""
    clean = {host.name: host for host in hosts()}
    for path in sorted((HERE / "faults").glob("*.toml")):
        for planted in tomllib.loads(path.read_text(encoding="utf-8"))["fault"]:
            yield _fault(clean[planted["host"]], planted)


def _fault(host: Host, planted: Mapping[str, str]) -> Fault:
    text, lines = _planted(host.text, planted)
    style, words = host.outline.style, planted.get("words")
    section = replace(
        host.section,
        style=replace(style, avoid=tuple(each for each in [planted.get("avoid")] if each)),
        must=tuple(each for each in [planted.get("must")] if each),
        beats=tuple(each for each in [planted.get("beat")] if each),
        words=WordTarget(int(words), int(words)) if words else host.section.words,
    )
    name, _, about = planted.get("codex", "").partition(": ")
    before = [replace(host.section, id="before")] if planted.get("before") else []
    outline = replace(
        host.outline, nodes=(*before, section), codex=(Entry(name, about=about),) if name else ()
    )
    pieces = (
        *(Piece(each, planted["before"], "before.md") for each in before),
        Piece(section, text, "it.md"),
    )
    samples = {"the sample": planted["sample"]} if "sample" in planted else {}
    source = host.text if planted["rule"] == "unsupported" else text
    return Fault(f"review/{planted['rule']}", outline, pieces, samples, source, lines)


def _planted(text: str, planted: Mapping[str, str]) -> tuple[str, range]:
    """Return *text* with the fault in it, and the lines that are other than they were."""
    head, tail = planted.get("head", ""), planted.get("tail", "")
    put = head or tail or planted.get("put", "")
    if "find" in planted:
        if text.count(planted["find"]) != 1:
            raise ValueError(f"not once in {planted['host']}: {planted['find']}")
        text = text.replace(planted["find"], put)
    text = "\n\n".join(filter(None, (head, text, tail)))
    if not put and "before" not in planted:
        return text, range(0)
    where = planted.get("at", put)
    start = text.rindex(where) if tail else text.index(where)
    first = 1 + text.count("\n", 0, start)
    return text, range(first, first + 1 + where.count("\n"))


def _reviewed(
    outline: Outline, pieces: Sequence[Piece], *, source: str, samples: Mapping[str, str] = {}
) -> list[Finding]:
    evidence = Evidence((Witness.of(source), Witness.of(words_of(outline))))
    conventions = Conventions.of(outline, sources={}, samples=samples)
    found = review(conventions, pieces, evidence=lambda _: evidence).findings
    return [each for each in found if ground_of(each) is Ground.VERIFIABLE]


def hosts() -> Iterator[Host]:
    """Yield the texts that were written for this."""
    for path in sorted((HERE / "clean").glob("*.md")):
        parts = split_front_matter(path.read_text(encoding="utf-8"))
        yield _host(path.stem, _fields(parts.head), parts.prose)


def elsewhere() -> Iterator[Host]:
    """Yield the texts that were written for something else."""
    for pattern, lang, kind in ELSEWHERE:
        for path in sorted(ROOT.glob(pattern)):
            prose = split_front_matter(path.read_text(encoding="utf-8")).prose
            if path.stem not in MIXED:
                yield _host(path.stem, {"lang": lang, "kind": kind}, _HEADING.sub("", prose))


def _fields(head: str) -> dict[str, str]:
    pairs = (line.partition(": ") for line in head.splitlines() if ": " in line)
    return {name: value for name, _, value in pairs}


def _host(name: str, fields: dict[str, str], prose: str) -> Host:
    style = Style(
        person=fields.get("person", ""), tense=fields.get("tense", ""), quotes=fields.get("quotes", "")
    )
    section = Section(
        id=name, title=name, position=1, depth=1, level=Level.SCENE, words=WordTarget(1, 100_000), style=style
    )
    outline = Outline(
        name,
        Path("outline.yaml"),
        kind=Kind(fields["kind"]),
        lang=fields["lang"],
        style=style,
        nodes=(section,),
    )
    return Host(name, outline, prose.strip("\n"))
