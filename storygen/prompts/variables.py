"""What templates are given: an outline, a section and its context as text, numbers, lists and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storygen.outline.tree import Kind, Outline, Section, Style
from storygen.prompts.codex import Known
from storygen.prompts.context import Context, Revision
from storygen.prompts.plain import Plain
from storygen.prompts.plan import titles
from storygen.prompts.portion import line_not_to_cross, portion
from storygen.prompts.sources import Source
from storygen.text.languages import language

BOOK = ("book", "style", "avoid", "guide", "samples", "always", "plan")
"""What the system message is given: the same for every section of a book."""

SECTION = ("section", "codex", "facts", "recap", "tail", "fence", "openings", "endings", "sources", "stretch")
"""What the user message is given besides."""

LONGEST_AVOID = 25
"""Phrases to avoid that a prompt lists; longer lists are followed less, and louder."""


def variables_of(outline: Outline, section: Section, context: Context) -> dict[str, Plain]:
    """Return all that the templates of *section* are given."""
    return book_variables(outline, context) | section_variables(outline, section, context)


def book_variables(outline: Outline, context: Context) -> dict[str, Plain]:
    """Return what is the same for every section."""
    return {
        "book": {
            "title": outline.title,
            "subtitle": outline.subtitle,
            "author": list(outline.author),
            "kind": str(outline.kind),
            **_language(outline.lang),
            "summary": outline.summary,
            "audience": outline.audience,
        },
        "style": _style(outline.style) | _marks(outline),
        "avoid": list(outline.style.avoid[:LONGEST_AVOID]),
        "guide": context.style.guide.strip(),
        "samples": [sample.strip() for sample in context.style.samples],
        "always": [_entry(known) for known in context.always],
        "plan": list(context.plan),
    }


def section_variables(outline: Outline, section: Section, context: Context) -> dict[str, Plain]:
    """Return what belongs to one section."""
    return {
        "section": _card(outline, portion(section, context.stretch), context),
        "codex": [_entry(known) for known in context.codex],
        "facts": list(context.facts),
        "recap": list(context.recap),
        "tail": context.tail,
        "fence": line_not_to_cross(section, context.stretch, fence=context.fence),
        "openings": list(dict.fromkeys(context.openings)),
        "endings": list(dict.fromkeys(context.endings)),
        "sources": [_source(source) for source in context.sources.sent],
        "stretch": {
            "number": context.stretch.number,
            "of": context.stretch.of,
            "begun": int(context.stretch.begun),
            "open": int(context.stretch.open),
        },
    }


def revision_variables(revision: Revision) -> dict[str, Plain]:
    """Return what is said where a section is written anew."""
    return {"current": revision.current, "note": revision.note.strip(), "take": revision.take}


def _card(outline: Outline, section: Section, context: Context) -> dict[str, Plain]:
    return {
        "id": section.id,
        "title": one_line(section.title),
        "lead_in": int(bool(section.intro_of)),
        "part_of": [one_line(title) for title in titles(outline, section)],
        "summary": section.summary.strip(),
        "beats": _lines(section.beats),
        "pov": one_line(section.pov),
        "cast": _lines(section.cast),
        "place": one_line(section.place),
        "time": one_line(section.time),
        "story": {one_line(name): one_line(text) for name, text in section.story.items()},
        "must": list(section.must),
        "enter": one_line(section.enter),
        "leave": one_line(section.leave),
        "facts": _lines(section.facts),
        "plant": _lines(section.plant),
        "pay": _lines(section.pay),
        "ending": str(section.ending or ""),
        "type": section.type,
        "audience": section.audience if section.audience != outline.audience else "",
        "words": {"low": section.words.low, "high": section.words.high, "aim": section.words.aim},
        "style": _differing(section.style, outline.style),
        "avoid": _further(section.style.avoid, outline.style.avoid),
        "threads": _lines(context.threads),
        "guide": context.section_style.guide.strip(),
        "samples": [sample.strip() for sample in context.section_style.samples],
    }


def one_line(text: str) -> str:
    r"""Return *text* without line breaks, so that it stays on the line of its label.

    >>> one_line("Anna crosses\n  alone. ")
    'Anna crosses alone.'
    """
    return " ".join(text.split())


def _lines(texts: Iterable[str]) -> list[Plain]:
    return [one_line(text) for text in texts]


def _source(source: Source) -> dict[str, Plain]:
    """Give *source* a tag that its own text cannot close."""
    tag = "source"
    while f"</{tag}" in source.text:
        tag += "-"
    return {"tag": tag, "name": one_line(source.name).replace('"', "'"), "text": source.text.strip("\n")}


def _style(style: Style) -> dict[str, Plain]:
    return {"person": style.person, "tense": style.tense, "tone": style.tone, "quotes": style.quotes}


def _language(tag: str) -> dict[str, Plain]:
    """Return what a book's language is called, and how it counts words; but English asks for itself."""
    known = language(tag)
    english = tag.lower().startswith("en")
    return {
        "lang": tag,
        "language": known.name if known else "",
        "write": known.write if known and not english else "",
        "characters": int(bool(known and known.alone)),
    }


def _marks(outline: Outline) -> dict[str, Plain]:
    """Return the quotation marks that *outline* declares, or else those of its language, and the dashes.

    English documentation may quote as it likes: much of what it quotes is code.
    """
    known = language(outline.lang)
    quotes = outline.style.quotes
    if known is None or (outline.kind is Kind.DOCS and known.code.lower().startswith("en")):
        return {"quotes": quotes, "dashes": ""}
    usual = known.quotes_told if outline.kind is Kind.DOCS else known.speech_told
    return {"quotes": quotes or usual, "dashes": known.dashes_told}


def _differing(style: Style, base: Style) -> dict[str, Plain]:
    """Return the conventions in which a section differs from its book; the rest is empty."""
    known = _style(base)
    return {name: value if value != known[name] else "" for name, value in _style(style).items()}


def _further(avoid: Sequence[str], base: Iterable[str]) -> list[Plain]:
    """Return the phrases to avoid that the book's own list does not have, as many as there is room for."""
    known = tuple(base)
    room = LONGEST_AVOID - len(known[:LONGEST_AVOID])
    return _lines(phrase for phrase in avoid if phrase not in known)[:room]


def _entry(known: Known) -> dict[str, Plain]:
    entry = known.entry
    return {
        "text": known.text,
        "name": entry.name,
        "kind": entry.kind,
        "aliases": list(entry.aliases),
        "about": entry.about,
        "voice": entry.voice,
        "changes": [{"since": title, "about": about} for title, about in known.changes],
    }
