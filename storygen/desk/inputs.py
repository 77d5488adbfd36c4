"""What every section is written from, as named hashes: card, codex, templates, files, the book around it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from heapq import heappop, heappush
from itertools import chain
from types import MappingProxyType
from typing import TypeAlias

from storygen.book.freshness import hash_input, name_of
from storygen.book.record import hash_text
from storygen.desk.ejected import body, is_copy
from storygen.desk.project import Project
from storygen.draft import Digest
from storygen.outline.tree import Entry, Heading, Outline, Section, Style
from storygen.prompts.closure import further_back
from storygen.prompts.codex import known_at, named
from storygen.prompts.context import written_before
from storygen.prompts.facts import digested
from storygen.prompts.plan import about
from storygen.prompts.recap import NEAREST
from storygen.settings import Settings

CARD = (
    *("summary", "beats", "pov", "cast", "place", "time", "story", "must", "enter", "leave"),
    *("facts", "plant", "pay", "ending", "type"),
)
"""The fields of a section that are its card, besides the words that it asks for itself."""

SETTINGS = ("model", "max_tokens", "temperature", "top_p", "thinking", "effort")
"""The settings that decide how a model writes, as an outline and storygen.toml call them."""

_STEPS = ("section", "continue", "extend")
"""The steps that a section is written in: its first request, those that go on from there, one for more."""

FileTexts: TypeAlias = Callable[[Section], Mapping[str, str]]
"""Gives the texts that a section is written from besides the outline, by the names of their inputs."""


class Inputs:
    """The inputs of the sections of a project, hashed when they are asked for; what they share, once."""

    def __init__(self, project: Project, files: FileTexts) -> None:
        """Hash what is the same for the whole book of *project*; *files* gives the texts of its files."""
        self._outline, self._settings, self._files = project.outline, project.settings, files
        self._sections = {section.id: section for section in project.outline.sections}
        self._order = tuple(self._sections.values())
        self._starts = project.outline.starts
        self._book = {"~plan": hash_input(_plan(project.outline)), **_templates(project)}
        self._known: dict[tuple[str, int], str] = {}
        self._recaps: dict[str, str] = {}
        self._styles: dict[tuple[Style, str], str] = {}
        self._texts: dict[str, str] = {}

    def at(
        self,
        section: Section,
        texts: Mapping[str, str],
        digests: Mapping[str, Digest] = MappingProxyType({}),
        *,
        told: Collection[str] = (),
        full: bool = False,
    ) -> dict[str, str]:
        """Return what *section* is written from in a book of these *texts* and *digests*, by id.

        Of the codex that is what its card names, and besides what else it is *told*, by the entries' names.
        With *full* all texts before it are among them.
        """
        before = self._before(section, texts)
        far = self._further_back(section, digests)
        joined = [each for each in before[:1] if each.page == section.page]
        return {
            "card": card_hash(section),
            "style": self._style(section),
            "settings": hash_input(_settings(self._settings, section)),
            "~title": hash_input([self._starts[id_][1] for id_ in (*section.parents, section.id)]),
            "~words": hash_input(_shared_words(section)),
            "~recap": hash_input([self._recap(each, far.get(each.id)) for each in before]),
            "~next": hash_input(self._next(section)),
            **({"~facts": hash_input(self._facts(section, far))} if far else {}),
            **({"~before": hash_input(self._all_before(section, texts))} if full else {}),
            **self._book,
            **{name: self._text(text) for name, text in self._files(section).items()},
            **self._codex(section, told),
            **{name_of("~tail", each.id): self._text(texts[each.id]) for each in joined},
        }

    def _codex(self, section: Section, told: Collection[str]) -> dict[str, str]:
        card = named(self._outline.codex, section)
        rest = [entry for entry in self._outline.codex if entry.name in told and entry not in card]
        kinds = (("codex", card), ("~codex", rest))
        return {
            name_of(family, entry.name): self._entry(entry, section)
            for family, entries in kinds
            for entry in entries
        }

    def _style(self, section: Section) -> str:
        """Hash the conventions that hold in *section*, which most sections share."""
        key = (section.style, section.audience)
        if key not in self._styles:
            self._styles[key] = hash_input(_style(self._outline, section))
        return self._styles[key]

    def _further_back(self, section: Section, digests: Mapping[str, Digest]) -> Mapping[str, Digest]:
        """Return those of *digests* that *section* is told."""
        far = further_back(self._outline, section).intersection(digests) if digests else ()
        return {id_: digests[id_] for id_ in sorted(far, key=lambda id_: self._sections[id_].position)}

    def _facts(self, section: Section, digests: Mapping[str, Digest]) -> object:
        """Return what *digests* say about whom and what the card of *section* names."""
        return list(chain.from_iterable(digested(self._outline, section, digests).values()))

    def _all_before(self, section: Section, texts: Mapping[str, str]) -> object:
        return [self._text(text) for _, text in written_before(self._outline, section, texts)]

    def _recap(self, section: Section, digest: Digest | None) -> str:
        """Hash what later sections are told of *section*: its *digest*, or else its card."""
        if digest:
            return hash_input(_plain((digest.happened, section.leave)))
        if section.id not in self._recaps:
            self._recaps[section.id] = hash_input(_plain((about(section), section.leave)))
        return self._recaps[section.id]

    def _entry(self, entry: Entry, section: Section) -> str:
        """Hash what is known of *entry* when *section* begins; titles of sections are no part of it."""
        changes = [text for _, text in known_at(entry, section, self._starts).changes]
        key = (entry.name, len(changes))
        if key not in self._known:
            told = (entry.name, entry.kind, entry.aliases, entry.about, entry.voice, changes)
            self._known[key] = hash_input(_plain(told))
        return self._known[key]

    def _text(self, text: str) -> str:
        if text not in self._texts:
            self._texts[text] = hash_text(text)[:8]
        return self._texts[text]

    def _next(self, section: Section) -> object:
        """Return what the section behind *section* begins with."""
        behind = self._order[section.position : section.position + 1]
        return [_plain(next(iter(each.beats), "") or each.summary or each.title) for each in behind]

    def _before(self, section: Section, texts: Mapping[str, str]) -> list[Section]:
        """Return the nearest written sections that *section* comes after, the last one first."""
        found: list[Section] = []
        seen = {section.id}
        waiting: list[tuple[int, str]] = []
        self._add(waiting, section, seen)
        while waiting and len(found) < NEAREST:
            each = self._sections[heappop(waiting)[1]]
            self._add(waiting, each, seen)
            if each.position < section.position and texts.get(each.id, "").strip():
                found.append(each)
        return found

    def _add(self, waiting: list[tuple[int, str]], section: Section, seen: set[str]) -> None:
        for id_ in section.after:
            if id_ in self._sections and id_ not in seen:
                seen.add(id_)
                heappush(waiting, (-self._sections[id_].position, id_))


def card_hash(section: Section) -> str:
    """Hash what the card of *section* asks for, its title aside; how a text is wrapped is nothing."""
    words = [section.words.low, section.words.high] if section.words.written else None
    card = {name: _plain(getattr(section, name)) for name in CARD}
    return hash_input(card | {"must": section.must, "words": words, "lead_in": bool(section.intro_of)})


def _shared_words(section: Section) -> object:
    return None if section.words.written else [section.words.low, section.words.high]


def _style(outline: Outline, section: Section) -> object:
    """Return the conventions that hold in *section*; what its files say are inputs of their own."""
    style = section.style
    told = (style.person, style.tense, style.tone, style.quotes, style.avoid, section.audience)
    return [outline.kind, outline.lang, *map(_plain, told)]


def _settings(settings: Settings, section: Section) -> object:
    """Return what outline and storygen.toml say of the model here; nobody else's wish makes a text stale."""
    own = {name: str(getattr(section, name, None) or "") for name in SETTINGS}
    return {name: own[name] or settings.book.get(name, "") for name in SETTINGS}


def _plan(outline: Outline) -> object:
    """Return what every section is told of the whole book."""
    book = (outline.title, outline.subtitle, outline.author, outline.summary, outline.audience)
    nodes = [(node.depth, node.title, about(node), *_kept(node)) for node in outline.nodes]
    return _plain((book, nodes))


def _kept(node: Heading | Section) -> tuple[tuple[str, ...], ...]:
    """Return what later sections have to remember of *node*."""
    return () if isinstance(node, Heading) else (node.facts, node.plant, node.pay)


def _templates(project: Project) -> dict[str, str]:
    """Return the author's own templates, each by its name, and all shipped ones as one.

    A copy that its author has not changed is none of their own yet.
    """
    kind, templates = project.outline.kind, project.templates
    own = any(file.own for file in templates.list())
    first, *later = (
        {
            file.name: body(file.text)
            for file in templates.names(kind, step)
            if file.own and not is_copy(file.text)
        }
        if own
        else {}
        for step in _STEPS
    )
    again = {name: text for step in later for name, text in step.items()}
    shipped = [file.text for step in _STEPS for file in templates.shipped(kind, step)]
    return {
        **{name_of("template", name): hash_input(text) for name, text in first.items()},
        **{name_of("~template", name): hash_input(text) for name, text in again.items() if name not in first},
        "~templates": hash_input(shipped),
    }


def _plain(value: object) -> object:
    """Return *value* with every text in it on one line."""
    match value:
        case "":  # most fields are empty
            return value
        case str():
            return " ".join(value.split())
        case Mapping():
            return {_plain(name): _plain(each) for name, each in value.items()}
        case Iterable():
            return [_plain(each) for each in value]
        case _:
            return value
