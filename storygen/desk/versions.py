"""Shows the versions of a section, compares two, and brings one back."""

from __future__ import annotations

from dataclasses import dataclass

from storygen.book.orders import Verb, read_order
from storygen.book.record import hash_text
from storygen.book.versions import Version
from storygen.book.view import view_journal
from storygen.desk.history import history, in_use
from storygen.desk.project import Project
from storygen.desk.select import find
from storygen.desk.states import read_book, refuse_fixed
from storygen.desk.writable import writable
from storygen.desk.write import Run
from storygen.errors import UsageError
from storygen.writer.events import Tell


@dataclass(frozen=True, slots=True)
class Versions:
    """All versions of a section, oldest first.

    `used` is the one on the disk, `generated` the one that its draft was written as, 0 where there is none;
    `variants` are the numbers of those that the last rewrite made.
    """

    all: tuple[Version, ...]
    used: int
    generated: int
    variants: tuple[int, ...]

    def numbered(self, number: int) -> Version:
        """Return version *number*; raises UsageError where there is none."""
        for version in self.all:
            if version.number == number:
                return version
        there = ", ".join(str(version.number) for version in self.all) or "none"
        raise UsageError(f"there is no version {number}", f"there are: {there}")


def versions(project: Project, id_: str) -> Versions:
    """Return the versions of the section called *id_*; reads beside a running `write`, changes nothing.

    Raises UsageError for an id that the outline does not have.
    """
    section, shelved = find(project.outline, id_), read_book(project.book)
    stored, written = shelved.drafts.get(id_), shelved.record.sections.get(id_)
    with view_journal(project.book.journal) as journal:
        found = history(project.book, journal, section.id, stored=stored, written=written)
    numbers = {hash_text(version.text): version.number for version in found}
    used = in_use(found, stored)
    order = read_order(project.book, id_)
    made = order.made if order and order.verb is Verb.REWRITE else ()
    return Versions(
        found,
        used.number if used else 0,
        numbers.get(written.text, 0) if written else 0,
        tuple(dict.fromkeys(numbers[text] for text in made if text in numbers)),
    )


def compared(
    project: Project, id_: str, first: int | None = None, second: int | None = None
) -> tuple[Version, Version]:
    """Return the two versions of the section called *id_* that shall be compared.

    Without numbers: the text as it was generated, or the one before where nobody changed that, and the text
    now. With one: that and the text now. Raises UsageError where there is nothing to compare.
    """
    found = versions(project, id_)
    new = second or found.used
    earlier = [version.number for version in found.all if version.number < new]
    old = first or (found.generated if found.generated != new else max(earlier, default=0))
    if not found.all:
        raise UsageError(f"{id_} has no text yet", f"storygen write {id_}")
    if not (old and new):
        raise UsageError(f"{id_} has only one text", "`storygen versions` lists what there is to compare")
    return found.numbered(old), found.numbered(new)


def use(project: Project, id_: str, number: int, *, tell: Tell = lambda _: None) -> Version:
    """Put variant *number* of the last rewrite in the place of the section called *id_*, as `restore` does.

    Raises UsageError where that number is none of them.
    """
    known = versions(project, id_).variants
    if number not in known:
        there = ", ".join(map(str, known)) or "there are none"
        raise UsageError(
            f"version {number} of {id_} is no variant of its last rewrite ({there})",
            f"`storygen versions {id_}` lists all; restore brings back any of them",
        )
    return restore(project, id_, number, tell=tell)


def restore(project: Project, id_: str, number: int, *, tell: Tell = lambda _: None) -> Version:
    """Put version *number* in the place of the section called *id_*, compile, and return the version.

    The text that it replaces is kept as a version. Raises UsageError for a number that is not there and for
    a section that is final.
    """
    with writable(project) as journal:
        run = Run.begin(project, journal, rehearse=False, tell=tell)
        section = find(project.outline, id_)
        refuse_fixed(next(each for each in run.standings if each.section is section))
        run.keeper.shelve_partial(section)
        version = versions(project, id_).numbered(number)
        run.keeper.bring_back(section, version)
        run.compile()
    return version
