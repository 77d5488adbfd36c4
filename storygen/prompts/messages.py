"""The messages of a section: what the model is told, in its order, and part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storygen.draft import WHOLE, Stretch
from storygen.messages import Count, Message, Role
from storygen.outline.tree import Outline, Section
from storygen.prompts.context import ANEW, Context
from storygen.prompts.full import finished_messages
from storygen.prompts.plain import Plain
from storygen.prompts.templates import Templates
from storygen.prompts.variables import revision_variables, variables_of


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
    asked = _asked(outline, section, context, templates)
    system = sum(message.role is Role.SYSTEM for message in asked)
    finished = finished_messages(outline, context, templates)
    return (*asked[:system], *finished, *asked[system:])


@dataclass(frozen=True, slots=True)
class Written:
    """What is there of a section when more of it is asked for.

    Its `text` has so many `words`; so many more are `wanted`. `first` is what the request asked for that it
    began with, `absent` are the texts that have to appear in it verbatim, and do not.
    """

    text: str
    words: int
    wanted: int
    first: Stretch = WHOLE
    absent: tuple[str, ...] = ()


def continue_messages(
    outline: Outline,
    section: Section,
    context: Context,
    templates: Templates,
    *,
    written: Written,
    anchor: str = "",
) -> tuple[Message, ...]:
    """Return the messages that ask for what follows what is *written* of *section*.

    The reply is asked to begin with *anchor*, the last words kept; without one it begins the stretch of the
    section that *context* names. Raises TemplateError.
    """
    own: dict[str, Plain] = {"anchor": anchor, "written": written.words, "remaining": written.wanted}
    return _after_text(outline, section, context, templates, step="continue", written=written, own=own)


def prefilled_messages(
    outline: Outline, section: Section, context: Context, templates: Templates, *, written: Written
) -> tuple[Message, ...]:
    """Return the messages whose last turn is what is *written* of *section*, for a reply that goes right on.

    White space behind it is left out. Raises TemplateError.
    """
    asked = section_messages(outline, section, replace(context, stretch=written.first), templates)
    return (*asked, Message(Role.ASSISTANT, written.text.rstrip())) if written.text.strip() else asked


def extend_messages(
    outline: Outline, section: Section, context: Context, templates: Templates, *, written: Written
) -> tuple[Message, ...]:
    """Return the messages that ask for passages which add to what is *written* of *section* what it lacks.

    Raises TemplateError.
    """
    own: dict[str, Plain] = {"written": written.words, "missing": written.wanted}
    own["absent"] = list(written.absent)
    return _after_text(outline, section, context, templates, step="extend", written=written, own=own)


def _after_text(
    outline: Outline,
    section: Section,
    context: Context,
    templates: Templates,
    *,
    step: str,
    written: Written,
    own: dict[str, Plain],
) -> tuple[Message, ...]:
    """Return the request that *written* answers, that answer, and what *step* says to it."""
    turns = prefilled_messages(outline, section, context, templates, written=written)
    if not written.text.strip():
        return turns
    variables = variables_of(outline, section, context) | own
    again = templates.render(outline.kind, step, variables)
    return (*turns, *(message for message in again if message.role is Role.USER))


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
    messages = _asked(outline, section, context, templates)  # first: its errors know their lines
    blocks = _blocks(outline, section, context, templates)
    found: list[Part] = []
    for message in messages:
        named = [(name, text) for role, name, text in blocks if role is message.role and text]
        rest = _without(message.text, [text for _, text in named])
        named += [("elsewhere", rest)] if rest else []
        found += [Part(name, message.role, count(text), message.cached, text) for name, text in named]
    system = sum(part.role is Role.SYSTEM for part in found)
    return (*found[:system], *_finished(outline, context, templates, count=count), *found[system:])


def _asked(outline: Outline, section: Section, context: Context, templates: Templates) -> tuple[Message, ...]:
    """Return what the book and the section say for themselves; one that is written anew says it otherwise."""
    variables = variables_of(outline, section, context)
    asked = templates.render(outline.kind, "section", variables)
    if context.revision == ANEW:
        return asked
    revised = templates.render(outline.kind, "revise", variables | revision_variables(context.revision))
    return (*(message for message in asked if message.role is Role.SYSTEM), *revised)


def _blocks(
    outline: Outline, section: Section, context: Context, templates: Templates
) -> tuple[tuple[Role, str, str], ...]:
    variables = variables_of(outline, section, context)
    blocks = templates.blocks(outline.kind, "section", variables)
    if context.revision == ANEW:
        return blocks
    revised = templates.blocks(outline.kind, "revise", variables | revision_variables(context.revision))
    return (*(each for each in blocks if each[0] is Role.SYSTEM), *revised)


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
