"""The finished sections whole: blocks before the user's message, and each section adds one at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from storygen.messages import Count, Message, Role
from storygen.outline.tree import Kind, Outline, Section
from storygen.prompts.context import Context, Finished, written_before
from storygen.prompts.templates import Templates
from storygen.prompts.variables import one_line


def in_full(context: Context, outline: Outline, section: Section, texts: Mapping[str, str]) -> Context:
    """Return *context* with the text of every section in the closure of *section*, and so without a recap.

    As long as each section comes after the one before, what is sent begins with all that was sent for that.
    """
    before = written_before(outline, section, texts)
    return replace(context, recap=(), finished=tuple(Finished(each.title, text) for each, text in before))


def tokens_in_full(context: Context, *, count: Count) -> int:
    """Return how many plain tokens the finished sections of *context* have, without the tags around them."""
    return sum(_tokens(each.text, count) for each in context.finished)


def finished_messages(outline: Outline, context: Context, templates: Templates) -> tuple[Message, ...]:
    """Return the finished sections of *context* as blocks of the user's, marked for the cache at the last.

    Raises TemplateError.
    """
    blocks = [_block(templates, outline.kind, each) for each in context.finished]
    return (*blocks[:-1], *(replace(block, cached=True) for block in blocks[-1:]))


@lru_cache(maxsize=2_000)
def _block(templates: Templates, kind: Kind, finished: Finished) -> Message:
    """Render one section, once: the same bytes go into the prompt of every later one."""
    given = {"title": one_line(finished.title).replace('"', "'"), "text": finished.text}
    rendered = templates.render(kind, "finished", given)
    return Message(Role.USER, "\n\n".join(message.text for message in rendered))


@lru_cache(maxsize=2_000)
def _tokens(text: str, count: Count) -> int:
    return count(text)
