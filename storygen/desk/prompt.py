"""Shows what a section would ask, before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from storygen.book.view import JournalView, view_journal
from storygen.desk.commission import Past, commission_of, contexts
from storygen.desk.digests import digests_of
from storygen.desk.left import begin_of, edit_of, left_of
from storygen.desk.project import Project
from storygen.desk.select import find
from storygen.desk.states import Shelved, Standing, State, read_book, standings
from storygen.desk.unconfigured import rehearses
from storygen.draft import Joint, Leg, Stretch
from storygen.errors import UsageError
from storygen.known_settings import ContextMode
from storygen.messages import Message, Request, Role
from storygen.model.endpoint import is_anthropic
from storygen.model.wire import encoder, native, plain
from storygen.outline.tree import Section
from storygen.prompts.codex import Choice
from storygen.prompts.context import Context
from storygen.prompts.messages import Part, parts, section_messages
from storygen.text.tokens import count_tokens
from storygen.text.words import count_words
from storygen.writer.ask import Commission, ask, context_of, course_of, opening_stretch
from storygen.writer.reasons import Sitting, taken_up
from storygen.writer.stretches import first_stretch, why_asked
from storygen.writer.upcoming import upcoming


@dataclass(frozen=True, slots=True)
class Prompt:
    """The next request for one section: its messages, part by part, and why each codex entry is in or out.

    `body` is the request as the Messages API spells it; `left_out` says what there is no room for,
    `mode` how much of the text before it the section is told, and `why` what has to be said of that. Of a
    section that is not finished, `begun` words are there, and the request goes on from them; where it is not
    `sent`, a run asks for nothing more, and it is the one that the section began with. Where the section is
    written in several stretches, `stretch` is the one that is asked for. `why_asked` says why other than the
    planned words are asked for, if they are.
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
    sent: bool = True

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages as they would be sent."""
        return self.request.messages

    @property
    def tokens(self) -> int:
        """All of it in plain cl100k tokens."""
        return sum(count_tokens(message.text) for message in self.messages)


def prompt(project: Project, id_: str) -> Prompt:
    """Return what the section called *id_* would be asked next, with the texts that are there.

    That is what a run would send that began now. Of a section that is whole it is what a new version of it
    would begin with. Raises UsageError for an id that the outline does not have, or that nobody is asked for.
    """
    section = find(project.outline, id_)
    if section.file:
        raise UsageError(f"{id_} is a text of your own, and no model is asked for it", "name another section")
    shelved = read_book(project.book)
    now = standings(project.outline, shelved)
    rehearsed = rehearses(project, shelved)
    standing = next(each for each in now if each.section.id == id_)
    with view_journal(project.book.journal) as journal:
        past = Past.read(journal, rehearsed=rehearsed)
        left = _left(project, standing, journal, shelved, rehearsed=rehearsed)
    digests = digests_of(project, now, shelved.record, rehearsed=True).told
    commission = replace(commission_of(project, rehearsed=rehearsed, past=past), digests=digests)
    texts = {each.section.id: each.text for each in now if each.whole}
    return _shown(project, commission, section, texts, left)


@dataclass(frozen=True, slots=True)
class _Left:
    """What there is of a section, as a run would take it up; a text that the journal `holds` comes back."""

    sitting: Sitting = Sitting()
    holds: bool = False


def _left(
    project: Project, standing: Standing, journal: JournalView, shelved: Shelved, *, rehearsed: bool
) -> _Left:
    if standing.whole:
        return _Left()
    section, outline = standing.section, project.outline
    kept = journal.generated(section.id, rehearsed=rehearsed)
    if kept and standing.state is State.MISSING:
        return _Left(Sitting(kept.draft.text), holds=True)
    begin = begin_of(project.book, journal, section.id)
    left = left_of(section, journal, outline=outline, begin=begin, rehearsed=rehearsed, unended=True)
    return _Left(taken_up(replace(left, text=edit_of(shelved.partials, journal, section.id) or left.text)))


def _shown(
    project: Project, commission: Commission, section: Section, texts: Mapping[str, str], left: _Left
) -> Prompt:
    course, sitting = course_of(commission, section, texts), left.sitting
    opening = Sitting().asked_for(first_stretch(course))
    asked = None if left.holds else upcoming(commission, section, texts, sitting=sitting)
    request, leg = asked or ask(commission, section, texts, sitting=opening)
    begun = count_words(sitting.text)
    context = context_of(commission, section, texts)
    context = replace(context, stretch=opening_stretch(sitting) if begun and asked else leg.stretch)
    accepts = native if is_anthropic(project.settings.base_url) else plain
    return Prompt(
        request,
        body=json.loads(encoder(commission.catalogue, accepts)(request)),
        parts=_parts(project, section, context, request, leg),
        choices=context.choices,
        left_out=(*(each.words for each in context.sources.left_out), *context.left_out),
        stretch=leg.stretch,
        why_asked="" if begun else why_asked(course, leg.stretch.asked * leg.stretch.of),
        mode=ContextMode.FULL if context.finished else ContextMode.ROLLING,
        why=contexts(commission, [section]),
        begun=begun,
        sent=asked is not None,
    )


def _parts(
    project: Project, section: Section, context: Context, request: Request, leg: Leg
) -> tuple[Part, ...]:
    """Return the parts that the section began with, then the text so far, and what is wanted of it."""
    began = (project.outline, section, context, project.templates)
    after = request.messages[len(section_messages(*began)) :]
    step = "extend" if leg.joint is Joint.PASSAGES else "continue"
    return (
        *parts(*began, count=count_tokens),
        *(
            Part(
                "text so far" if message.role is Role.ASSISTANT else step,
                message.role,
                count_tokens(message.text),
                message.cached,
                message.text,
            )
            for message in after
        ),
    )
