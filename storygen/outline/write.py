"""An Outline becomes the text of an outline file, for a person to go on with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from storygen.outline.branch import LEVEL_OF
from storygen.outline.order import default_after
from storygen.outline.shares import DEFAULT, target
from storygen.outline.tree import (
    Entry,
    Heading,
    Kind,
    Level,
    Node,
    Outline,
    PlanStatus,
    Section,
    SourceRef,
    Style,
    WordTarget,
)
from storygen.outline.yaml_writer import Value, yaml_text
from storygen.text.slug import slug

_TOP = ("title", "subtitle", "author", "lang", "date", "rights", "kind", "audience", "summary", "model")
_CARD = (
    *("id", "words", "status", "type", "audience", "pov", "cast", "place", "time", "summary", "enter"),
    *("beats", "leave", "facts", "plant", "pay", "ending", "must", "story", "style", "sources", "after"),
    *("file", "numbered", "heading", "intro"),
    *("model", "effort", "max_tokens", "temperature", "context", "recap", "wrap"),
)
"""The fields of a node behind its title, in the order in which people read them."""

_REMARKS = {
    "style": "how it reads",
    "codex": "what must stay true; sent where it is named",
    "beats": "what happens, one line each, in order",
    "facts": "what later sections must respect",
    "plant": "threads that begin here",
    "pay": "threads that are resolved here",
    "must": "appears exactly so",
    "story": "anything more that this section is told",
}
_FIELD_OF = {level: name for name, level in LEVEL_OF.items()}
_OWN = ("summary", "beats", "enter", "leave", "facts", "plant", "pay", "must", "file")
_INHERITED = (
    *("audience", "pov", "cast", "place", "time", "type"),
    *("model", "effort", "max_tokens", "temperature", "context", "recap", "wrap"),
)


def write_outline(outline: Outline, *, head: Sequence[str] = ()) -> str:
    """Return *outline* as an outline file in YAML, which `read` reads as the same again.

    The lines of *head* are comments at its top. What a section has from above stands on the section itself,
    and a word target that was shared out is a target of its own.
    """
    comments = "".join(f"# {line}".rstrip() + "\n" for line in head)
    top = {name: value for name in _TOP if (value := _plain(getattr(outline, name)))}
    conventions = _style(outline.style, Style())
    codex = [_entry(entry) for entry in outline.codex]
    above = _Above({"audience": outline.audience, "model": outline.model}, outline.style)
    pieces: list[Mapping[str, Value]] = [
        top | ({"cover-image": outline.cover_image} if outline.cover_image else {}),
        {"style": conventions} if conventions else {},
        {"codex": codex} if codex else {},
        _Shelf.of(outline).below("", above),
    ]
    whole = {name: value for piece in pieces for name, value in piece.items()}
    return comments + yaml_text(whole, remarks=_REMARKS)


@dataclass(frozen=True, slots=True)
class _Above:
    """What a node has already from those above it, as this file says it."""

    values: Mapping[str, Any] = field(default_factory=dict)
    style: Style = Style()
    sources: tuple[SourceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The nodes of an outline by the heading that they stand under, and what each section waits for."""

    kind: Kind
    under: Mapping[str, Sequence[Node]]
    intros: Mapping[str, Section]
    usual: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, outline: Outline) -> _Shelf:
        under: dict[str, list[Node]] = {}
        usual: dict[str, tuple[str, ...]] = {}
        before: Section | None = None
        for node in outline.nodes:
            if isinstance(node, Section):
                usual[node.id] = default_after(node, before, outline.kind)
                before = before if node.status is PlanStatus.TODO else node
            if isinstance(node, Heading) or not node.intro_of:
                under.setdefault(node.parents[-1] if node.parents else "", []).append(node)
        intros = {section.intro_of: section for section in outline.sections if section.intro_of}
        return cls(outline.kind, under, intros, usual)

    def below(self, id_: str, above: _Above) -> dict[str, Value]:
        """Return the tree under the heading *id_*, behind the name of its level."""
        nodes = self.under.get(id_, ())
        return {_FIELD_OF[nodes[0].level]: [self._node(node, above) for node in nodes]} if nodes else {}

    def _node(self, node: Node, above: _Above) -> dict[str, Value]:
        if isinstance(node, Section):
            return {"title": node.title, **self._card(node, above, node)}
        intro = self.intros.get(node.id)
        own = self._card(intro, above, node) if intro else self._heading(node, above)
        below = _Above(_given(intro), intro.style, intro.sources) if intro else above
        below = replace(below, values={**below.values, "numbered": node.numbered})
        return {"title": node.title, **own, **self.below(node.id, below)}

    def _heading(self, node: Heading, above: _Above) -> dict[str, Value]:
        own = dict(self._common(node, above))
        return own | ({"summary": node.summary} if node.summary else {})

    def _card(self, section: Section, above: _Above, node: Node) -> dict[str, Value]:
        found = dict(self._common(node, above))
        found |= {name: _plain(value) for name in _OWN if (value := getattr(section, name))}
        found |= {
            name: _plain(value)
            for name in _INHERITED
            if (value := getattr(section, name)) != above.values.get(name, _FRESH[name])
        }
        if section.status is not above.values.get("status"):
            found["status"] = str(section.status or "draft")
        found |= {"ending": str(section.ending)} if section.ending else {}
        found |= {"story": dict(section.story)} if section.story else {}
        found |= {"words": words} if (words := _words(section)) else {}
        found |= {"style": style} if (style := _style(section.style, above.style)) else {}
        sources = [_source(each) for each in section.sources if each not in above.sources]
        found |= {"sources": sources} if sources else {}
        found |= {"after": list(section.after)} if section.after != self.usual[section.id] else {}
        found |= {"intro": True} if section.intro_of else {}
        return {name: found[name] for name in _CARD if name in found}

    def _common(self, node: Node, above: _Above) -> Iterator[tuple[str, Value]]:
        """Yield what headings and sections have alike."""
        if slug(node.title) != node.id:
            yield "id", node.id
        if node.numbered != above.values.get("numbered", True):
            yield "numbered", node.numbered
        hidden = self.kind is Kind.FICTION and node.level is Level.SCENE
        if node.shown is hidden:
            yield "heading", "show" if node.shown else "hide"


_FRESH: Mapping[str, Any] = asdict(Section("", "", 0, 0, Level.SECTION, WordTarget(0, 0)))
"""What a section is where nobody has said anything."""


def _given(section: Section) -> dict[str, Any]:
    """Return what stands on *section* and holds for all that is below it too."""
    return {name: getattr(section, name) for name in (*_INHERITED, "status")}


def _plain(value: Value) -> Value:
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, str) else value


def _words(section: Section) -> Value:
    """Return the target as its author would write it; nothing where it is what every section has."""
    words, usual = section.words, target(DEFAULT, DEFAULT)
    if section.intro_of or not words.high or (words == usual and not section.file):
        return ""
    alike = target(words.aim, words.aim, written=words.written) == words
    return words.aim if alike else f"{words.low}-{words.high}"


def _style(style: Style, above: Style) -> dict[str, Value]:
    """Return in what *style* differs; phrases to avoid only add up."""
    known = asdict(above)
    found = {name: _plain(value) for name, value in asdict(style).items() if value != known[name]}
    further = [phrase for phrase in style.avoid if phrase not in above.avoid]
    return {**found, "avoid": further} if further else {n: v for n, v in found.items() if n != "avoid"}


def _entry(entry: Entry) -> dict[str, Value]:
    texts = ("name", "kind", "aliases", "about", "voice", "include")
    found = {name: _plain(value) for name in texts if (value := getattr(entry, name))}
    if found["include"] == "auto":
        del found["include"]
    changes: list[Value] = [{"from": each.start, "about": each.about} for each in entry.changes]
    return found | ({"changes": changes} if changes else {})


def _source(source: SourceRef) -> Value:
    return {"run": source.run} if source.run else source.path
