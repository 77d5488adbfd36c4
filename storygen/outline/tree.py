"""What the author planned, as values: outline, headings, sections, codex, style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TypeAlias


class Kind(StrEnum):
    """What is being written; it picks templates and defaults."""

    FICTION = "fiction"
    DOCS = "docs"


class Level(StrEnum):
    """What authors call the levels of a tree."""

    PART = "part"
    CHAPTER = "chapter"
    SCENE = "scene"
    PAGE = "page"
    SECTION = "section"


class Include(StrEnum):
    """When a codex entry is sent: where it is named, always, never."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class PlanStatus(StrEnum):
    """What an outline says of a section: to be written later, or never touched again."""

    TODO = "todo"
    FINAL = "final"


class Ending(StrEnum):
    """How a section closes."""

    OPEN = "open"
    HINGE = "hinge"
    RESOLVE = "resolve"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class WordTarget:
    """How many words a section should have, from `low` to `high`, and the `aim` between them.

    `written` tells a target that the author wrote from one that was shared out.
    """

    low: int
    high: int
    written: bool = False

    @property
    def aim(self) -> int:
        """The middle of the range.

        >>> WordTarget(800, 1000).aim
        900
        """
        return (self.low + self.high) // 2


@dataclass(frozen=True, slots=True)
class Style:
    """Conventions declared once and sent every time; merged downwards."""

    person: str = ""
    tense: str = ""
    tone: str = ""
    quotes: str = ""
    guide: str = ""
    samples: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What is true of a codex entry from a section on."""

    start: str
    about: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that must stay true: a character, a place, a thing, a term."""

    name: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    about: str = ""
    voice: str = ""
    include: Include = Include.AUTO
    changes: tuple[Change, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The name and every alias."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source as an outline names it: a file or glob, perhaps with lines, or a command.

    Exactly one of `path` and `run` is set. `lines` are the first and the last line to use, from 1, of a file
    that is not wanted whole. Reading it is somebody else's deed.
    """

    path: str = ""
    run: str = ""
    lines: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """What it is called in prompts and reasons.

        >>> SourceRef("cli.py", lines=(10, 80)).name, SourceRef(run="ferry --help").name
        ('cli.py#L10-L80', '$ ferry --help')
        """
        if self.run:
            return f"$ {self.run}"
        return f"{self.path}#L{self.lines[0]}-L{self.lines[1]}" if self.lines else self.path


@dataclass(frozen=True, slots=True)
class Heading:
    """A node with children: it is a heading, and nobody writes it."""

    id: str
    title: str
    depth: int
    level: Level
    parents: tuple[str, ...] = ()
    summary: str = ""
    numbered: bool = True
    shown: bool = True
    page: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """What is written in one sitting: a leaf of the tree, or the lead-in of a heading.

    Everything inherited is already here. `position` counts the sections from 1, `depth` the levels from 1,
    `parents` are the ids of the headings above, outermost first. `after` holds the ids of the sections that
    must be written before; `file` a path, relative to the outline, of text written by hand. `page` is the id
    of the page in docs. `intro_of` is the heading that this section leads in, if it does.
    """

    id: str
    title: str
    position: int
    depth: int
    level: Level
    words: WordTarget
    parents: tuple[str, ...] = ()
    summary: str = ""
    beats: tuple[str, ...] = ()
    pov: str = ""
    cast: tuple[str, ...] = ()
    place: str = ""
    time: str = ""
    story: Mapping[str, str] = field(default_factory=dict)
    must: tuple[str, ...] = ()
    enter: str = ""
    leave: str = ""
    facts: tuple[str, ...] = ()
    plant: tuple[str, ...] = ()
    pay: tuple[str, ...] = ()
    ending: Ending | None = None
    type: str = ""
    audience: str = ""
    style: Style = Style()
    sources: tuple[SourceRef, ...] = ()
    after: tuple[str, ...] = ()
    file: str = ""
    status: PlanStatus | None = None
    numbered: bool = True
    shown: bool = True
    page: str = ""
    intro_of: str = ""
    model: str = ""
    effort: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    context: str = ""
    recap: str = "none"
    wrap: str = "none"
    line: int = 0

    @property
    def asked(self) -> bool:
        """Whether a model writes it: not by hand, not later."""
        return not self.file and self.status is not PlanStatus.TODO

    @property
    def summed_up(self) -> bool:
        """Whether one more call says what its text comes to."""
        return self.recap == "digest"

    @property
    def own_settings(self) -> dict[str, object]:
        """What the outline says about the model here, under the names that settings have."""
        names = ("model", "max_tokens", "temperature", "effort", "context")
        return {name: getattr(self, name) for name in names}


Node: TypeAlias = Heading | Section


@dataclass(frozen=True)
class Outline:
    """A whole plan, in reading order.

    `nodes` holds headings and sections as they follow each other; `path` is the file that it was
    read from, and every path in it is relative to that file's folder. What can be looked up in it is put in
    order once, since every section of a long book asks for it.
    """

    title: str
    path: Path
    kind: Kind = Kind.FICTION
    subtitle: str = ""
    author: tuple[str, ...] = ()
    lang: str = "en"
    date: str = ""
    rights: str = ""
    cover_image: str = ""
    summary: str = ""
    audience: str = ""
    style: Style = Style()
    codex: tuple[Entry, ...] = ()
    nodes: tuple[Node, ...] = ()
    model: str = ""

    def __hash__(self) -> int:
        """Tell outlines of different files apart; what differs in one file is left to `==`."""
        return hash((self.path, self.title))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections in reading order, those written by hand and those for later included."""
        return tuple(node for node in self.nodes if isinstance(node, Section))

    @cached_property
    def by_id(self) -> Mapping[str, Section]:
        """The sections by their ids."""
        return {section.id: section for section in self.sections}

    @cached_property
    def headings(self) -> Mapping[str, Heading]:
        """The headings by their ids."""
        return {node.id: node for node in self.nodes if isinstance(node, Heading)}

    @cached_property
    def starts(self) -> Mapping[str, tuple[int, str]]:
        """The position of the section that each node begins with, and the node's title, by its id."""
        sections = accumulate((isinstance(node, Section) for node in self.nodes), initial=1)
        return {node.id: (position, node.title) for node, position in zip(self.nodes, sections, strict=False)}

    @property
    def words(self) -> int:
        """The sum of all that sections aim at."""
        return sum(section.words.aim for section in self.sections if not section.file)
