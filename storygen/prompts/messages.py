"""The messages of a section: what the model is told, in its order, and part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storygen.messages import Count, Message, Role
from storygen.outline.tree import Outline, Section
from storygen.prompts.context import Context
from storygen.prompts.full import finished_messages
from storygen.prompts.plain import Variables
from storygen.prompts.templates import Templates
from storygen.prompts.variables import variables_of
from storygen.text.words import count_words


@dataclass(frozen=True, slots=True)
class Part:
    """One named block of a prompt: who says it, its plain tokens, whether the cache may hold it."""

    name: str
    role: Role
    tokens: int
    cached: bool
    text: str


def section_messages(
    outline: Outline,
    section: Section,
    context: Context,
    templates: Templates,
) -> tuple[Message, ...]:
    """Return the messages that ask for *section*; what is told in full comes between system and user.

    The system message is the same, byte for byte, for every section of the book. Raises TemplateError.
    """
    variables = variables_of(outline, section, context)
    return _asked(outline, context, templates, variables)


def continue_messages(
    outline: Outline,
    section: Section,
    context: Context,
    templates: Templates,
    *,
    kept: str,
    anchor: str,
    prefill: bool,
) -> tuple[Message, ...]:
    """Return the messages that ask for the rest of *section*, of which *kept* is there.

    With *prefill* the kept text, without white space behind it, is the last turn. Otherwise a user turn
    follows it that asks the reply to begin with *anchor*, the last words kept. Raises TemplateError.
    """
    variables = variables_of(outline, section, context)
    asked = _asked(outline, context, templates, variables)
    if not kept.strip():
        return asked
    if prefill:
        return (*asked, Message(Role.ASSISTANT, kept.rstrip()))
    written = count_words(kept)
    variables |= {"anchor": anchor, "written": written, "remaining": max(0, section.words.aim - written)}
    again = templates.render(outline.kind, "continue", variables)
    last = tuple(message for message in again if message.role is Role.USER)
    return (*asked, Message(Role.ASSISTANT, kept.rstrip()), *last)


def digest_messages(
    outline: Outline, section: Section, context: Context, templates: Templates, *, text: str
) -> tuple[Message, ...]:
    """Return the messages that ask what *text*, that of *section*, comes to. Raises TemplateError."""
    variables = variables_of(outline, section, context) | {"text": text}
    return templates.render(outline.kind, "digest", variables)


def review_messages(
    outline: Outline,
    section: Section,
    context: Context,
    templates: Templates,
    *,
    text: str,
    findings: Sequence[str],
    most: int,
) -> tuple[Message, ...]:
    """Return the messages that ask for *most* objections to *text*, that of *section*.

    *findings* are what has been found in it without a model, one a line. Raises TemplateError.
    """
    variables = variables_of(outline, section, context)
    variables |= {"text": text, "findings": list(findings), "most": most}
    return templates.render(outline.kind, "review", variables)


def parts(
    outline: Outline,
    section: Section,
    context: Context,
    templates: Templates,
    *,
    count: Count,
) -> tuple[Part, ...]:
    """Return the prompt of *section* block by block, the empty ones left out. Raises TemplateError.

    What an author's template says outside of blocks comes last, as `elsewhere`.
    """
    variables = variables_of(outline, section, context)
    messages = templates.render(outline.kind, "section", variables)  # first: its errors know their lines
    blocks = templates.blocks(outline.kind, "section", variables)
    found: list[Part] = []
    for message in messages:
        named = [(name, text) for role, name, text in blocks if role is message.role and text]
        rest = _without(message.text, [text for _, text in named])
        named += [("elsewhere", rest)] if rest else []
        found += [Part(name, message.role, count(text), message.cached, text) for name, text in named]
    system = sum(part.role is Role.SYSTEM for part in found)
    return (*found[:system], *_finished(outline, context, templates, count=count), *found[system:])


def _asked(
    outline: Outline, context: Context, templates: Templates, variables: Variables
) -> tuple[Message, ...]:
    rendered = templates.render(outline.kind, "section", variables)
    system = sum(message.role is Role.SYSTEM for message in rendered)
    finished = finished_messages(outline, context, templates)
    return (*rendered[:system], *finished, *rendered[system:])


def _finished(outline: Outline, context: Context, templates: Templates, *, count: Count) -> list[Part]:
    """Return all finished sections as one part."""
    texts = [message.text for message in finished_messages(outline, context, templates)]
    tokens = sum(count(text) for text in texts)
    return (
        [Part(f"finished × {len(texts):,}", Role.USER, tokens, cached=True, text="\n\n".join(texts))]
        if texts
        else []
    )


def _without(text: str, pieces: list[str]) -> str:
    """Take *pieces* out of *text*, each once."""
    for piece in pieces:
        text = text.replace(piece, "", 1)
    return text.strip()
