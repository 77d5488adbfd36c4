"""What storygen itself sends for every section of the novel, with each kind of context."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.tokens.novel import Novel
from benchmarks.tokens.strategies import Prompt
from storygen.desk.commission import commission_of
from storygen.desk.project import open_project
from storygen.messages import Role
from storygen.writer.ask import ask
from storygen.writer.reasons import Sitting


def prompts(novel: Novel, context: str) -> Iterator[Prompt]:
    """Yield the requests for the novel's sections, in order, with the *context* of that name."""
    project = open_project(
        novel.outline.path, environ={"STORYGEN_CONTEXT": context, "ANTHROPIC_API_KEY": "none"}
    )
    commission = commission_of(project, rehearsed=False)
    texts: dict[str, str] = {}
    for section in project.outline.sections:
        request, _ = ask(commission, section, texts, sitting=Sitting())
        parts = tuple(message.text for message in request.messages)
        marked = max(
            n for n, each in enumerate(request.messages, 1) if each.cached or each.role is Role.SYSTEM
        )
        yield Prompt(parts, marked)
        texts[section.id] = novel.texts[section.id]


rolling = partial(prompts, context="rolling")
auto = partial(prompts, context="auto")
