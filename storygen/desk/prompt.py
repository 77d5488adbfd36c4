"""Shows what a section would ask, before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from storygen.desk.commission import commission_now, contexts
from storygen.desk.digests import digests_of
from storygen.desk.project import Project
from storygen.desk.select import find
from storygen.desk.states import read_book, standings
from storygen.draft import Stretch
from storygen.known_settings import ContextMode
from storygen.messages import Message, Request
from storygen.model.endpoint import is_anthropic
from storygen.model.wire import encoder, native, plain
from storygen.prompts.codex import Choice
from storygen.prompts.messages import Part, parts
from storygen.text.tokens import count_tokens
from storygen.text.words import count_words
from storygen.writer.ask import ask, context_of, course_of
from storygen.writer.reasons import Sitting
from storygen.writer.stretches import first_stretch, why_asked


@dataclass(frozen=True, slots=True)
class Prompt:
    """The request for one section: its messages, part by part, and why each codex entry is in or out.

    `body` is the request as the Messages API spells it; `left_out` says what of the sources is not sent,
    `mode` how much of the text before it the section is told, and `why` what has to be said of that. Of a
    section that is not finished, `begun` words are there, and a run goes on from them.
    Where the section is written in several stretches, it is the first of them. `why_asked` says why other
    than the planned words are asked for, if they are.
    """

    request: Request
    body: Mapping[str, Any]
    parts: tuple[Part, ...]
    choices: tuple[Choice, ...]
    left_out: tuple[str, ...]
    stretch: Stretch
    why_asked: str = ""
    mode: ContextMode = ContextMode.ROLLING
    why: tuple[str, ...] = ()
    begun: int = 0

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages as they would be sent."""
        return self.request.messages

    @property
    def tokens(self) -> int:
        """All of it in plain cl100k tokens."""
        return sum(count_tokens(message.text) for message in self.messages)


def prompt(project: Project, id_: str) -> Prompt:
    """Return what the section called *id_* would begin with now, with the texts that are there.

    Raises UsageError for an id that the outline does not have.
    """
    section = find(project.outline, id_)
    shelved = read_book(project.book)
    now = standings(project.outline, shelved)
    digests = digests_of(project, now, shelved.record, rehearsed=True).told
    commission = replace(commission_now(project), digests=digests)
    texts = {standing.section.id: standing.text for standing in now if standing.whole}
    course = course_of(commission, section, texts)
    stretch = first_stretch(course)
    request, _ = ask(commission, section, texts, sitting=Sitting().asked_for(stretch))
    context = replace(context_of(commission, section, texts), stretch=stretch)
    accepts = native if is_anthropic(project.settings.base_url) else plain
    return Prompt(
        request,
        body=json.loads(encoder(commission.catalogue, accepts)(request)),
        parts=parts(project.outline, section, context, project.templates, count=count_tokens),
        choices=context.choices,
        left_out=tuple(each.words for each in context.sources.left_out),
        stretch=stretch,
        why_asked=why_asked(course, stretch.asked * stretch.of),
        mode=ContextMode.FULL if context.finished else ContextMode.ROLLING,
        why=contexts(commission, [section]),
        begun=sum(count_words(each.text) for each in now if each.section.id == id_ and not each.whole),
    )
