"""What may be asked of a section that has a text, and what its author has to agree to first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from storygen.book.orders import Order, Verb
from storygen.book.record import hash_text
from storygen.book.versions import Version
from storygen.book.view import view_journal
from storygen.desk.history import history, in_use
from storygen.desk.project import Project
from storygen.desk.select import find
from storygen.desk.states import Standing, State, read_book, refuse_fixed, standings
from storygen.desk.unconfigured import rehearses
from storygen.errors import UsageError
from storygen.text.words import split_words


class Unagreed(UsageError):
    """A person's own words would be replaced, and nobody has agreed to that."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the author of a section has to agree to before it is rewritten.

    `why` says what would go, `version` is the number under which it is kept, `text` its hash: the consent is
    for this text and for no later one.
    """

    id: str
    why: str
    version: int
    text: str


def questions(project: Project, ids: Sequence[str], *, rehearse: bool = False) -> tuple[Question, ...]:
    """Return what has to be agreed to before the sections called *ids* are rewritten; mostly nothing.

    Raises UsageError for an id that the outline does not have.
    """
    shelved = read_book(project.book)
    rehearsed = rehearse or rehearses(project, shelved)
    wanted = {find(project.outline, id_).id for id_ in ids}
    found = []
    with view_journal(project.book.journal) as journal:
        for each in standings(project.outline, shelved):
            id_ = each.section.id
            if id_ in wanted and _needs_consent(each, rehearsed=rehearsed):
                written = shelved.record.sections.get(id_)
                versions = history(project.book, journal, id_, stored=each.stored, written=written)
                before = next((v for v in versions if written and hash_text(v.text) == written.text), None)
                found.append(_question(each, versions, before))
    return tuple(found)


def refuse(standing: Standing, order: Order, *, begun: bool, agreed: str | None) -> None:
    """Raise UsageError where *order* cannot be fulfilled for a section as it stands.

    *begun* is whether a killed run left it half fulfilled, *agreed* the hash of the text that its author
    agreed to replace.
    """
    refuse_fixed(standing)
    id_ = standing.section.id
    match standing.state:
        case State.TODO:
            raise UsageError(f"{id_} has `status: todo`", "take that off it and run `storygen write`")
        case State.MISSING if not begun:
            raise UsageError(f"{id_} is not written yet", f"storygen write {id_}")
        case State.INCOMPLETE if order.verb is Verb.CONTINUE and not begun:
            raise UsageError(f"{id_} is not finished", f"storygen write {id_} goes on with it")
        case _:
            pass
    needed = order.verb is Verb.REWRITE and _needs_consent(standing, rehearsed=order.rehearsed)
    if needed and agreed != hash_text(standing.text):
        raise Unagreed(
            f"{id_} has text that rewriting would replace, and nobody agreed to that",
            "ask again with --yes: it is kept as a version",
        )


def _needs_consent(standing: Standing, *, rehearsed: bool) -> bool:
    return standing.state is State.EDITED or (rehearsed and standing.state is State.DRAFT)


def _question(standing: Standing, versions: tuple[Version, ...], before: Version | None) -> Question:
    used = in_use(versions, standing.stored)
    why = f"{standing.section.id} would be replaced by placeholder prose of the built-in model."
    if standing.state is State.EDITED:
        own = _own_words(before.text, standing.text) if before else 0
        words = f"{own:,} {'word' if own == 1 else 'words'} of your own edits" if own else "your own edits"
        why = f"{standing.section.id} has {words} since it was written."
    return Question(standing.section.id, why, used.number if used else 0, hash_text(standing.text))


def _own_words(before: str, now: str) -> int:
    """Return how many words a person put in or took out, whichever is more.

    >>> _own_words("It rained all day.", "It snowed all day and night.")
    3
    """
    old, new = Counter(split_words(before)), Counter(split_words(now))
    return max((new - old).total(), (old - new).total())
