"""`storygen versions`, `diff`, `use` and `restore`: the texts that a section has had."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import as_json, book_option, outlines_and_ids, shared
from storygen.cli.table import table
from storygen.errors import UsageError
from storygen.text.words import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from storygen.book.versions import Version
    from storygen.cli.console import Console
    from storygen.desk.project import Project
    from storygen.desk.versions import Versions
    from storygen.writer.events import Tell

_HEAD = ("version", "when", "by", "words", "")


@click.command()
@outlines_and_ids
@book_option
@as_json
@shared
def versions(*, console: Console, names: tuple[str, ...], book: Path | None, json: bool) -> None:
    """List the texts that a section has had."""
    from storygen.desk.versions import versions as look

    project, id_, _ = _asked(names, book, command="versions", numbers=(0,))
    found = look(project, id_)
    if json:
        console.document(id=id_, versions=[_row(found, version) for version in found.all])
    elif found.all:
        console.product(_table(found))
    else:
        console.note(f"{id_} has no text yet")


@click.command()
@outlines_and_ids
@click.option("--words", is_flag=True, help="Mark changed words inside their lines, as [-old-]{+new+}.")
@book_option
@shared
def diff(*, console: Console, names: tuple[str, ...], words: bool, book: Path | None) -> None:
    """Show what differs between two versions of a section.

    `storygen diff ID` compares the text as it was generated with the text now, `storygen diff ID 2` version
    2 with the text now, `storygen diff ID 2 3` two versions.
    """
    from storygen.desk.versions import compared
    from storygen.text.differences import by_lines, by_words

    project, id_, numbers = _asked(names, book, command="diff", numbers=(0, 1, 2))
    old, new = compared(project, id_, *numbers)
    titles = (f"{id_} version {old.number}", f"{id_} version {new.number}")
    shown = (by_words if words else by_lines)(old.text, new.text, names=titles)
    if shown:
        console.product(shown)
    else:
        console.note(f"versions {old.number} and {new.number} are the same")


@click.command()
@outlines_and_ids
@book_option
@shared
def use(*, console: Console, names: tuple[str, ...], book: Path | None) -> None:
    """Use another variant of the last rewrite of a section."""
    from storygen.desk.versions import use as take

    project, id_, (number,) = _asked(names, book, command="use", numbers=(1,))
    _say(console, id_, take(project, id_, number, tell=_teller(console)))


@click.command()
@outlines_and_ids
@book_option
@shared
def restore(*, console: Console, names: tuple[str, ...], book: Path | None) -> None:
    """Bring back any version of a section; the text in its place is kept."""
    from storygen.desk.versions import restore as bring_back

    project, id_, (number,) = _asked(names, book, command="restore", numbers=(1,))
    _say(console, id_, bring_back(project, id_, number, tell=_teller(console)))


def _asked(
    names: Sequence[str], book: Path | None, *, command: str, numbers: tuple[int, ...]
) -> tuple[Project, str, tuple[int, ...]]:
    """Return the project, the id and the versions that *names* say; *numbers* is how many there may be."""
    paths, words = named(names)
    if not words or len(words) - 1 not in numbers:
        form = {(0,): "ID", (1,): "ID VERSION", (0, 1, 2): "ID [VERSION] [VERSION]"}[numbers]
        raise UsageError(f"that is not what {command} takes", f"storygen {command} {form}")
    id_, *given = words
    wrong = [word for word in given if not (word.isascii() and word.isdigit() and int(word))]
    if wrong:
        raise UsageError(f"`{wrong[0]}` is no version", f"`storygen versions {id_}` lists them")
    return open_here(paths[0], book=book), id_, tuple(map(int, given))


def _table(found: Versions) -> str:
    rows = [
        (
            str(version.number),
            datetime.fromtimestamp(version.at).astimezone().strftime("%Y-%m-%d %H:%M"),
            (version.model or "you") + (" (rehearsed)" if version.rehearsed else ""),
            f"{count_words(version.text):,}",
            ", ".join(_marks(found, version)),
        )
        for version in found.all
    ]
    return table(_HEAD, rows, right=[0, 3], elastic=[2])


def _marks(found: Versions, version: Version) -> list[str]:
    marks = {
        "in use": version.number == found.used,
        "variant": version.number in found.variants and len(found.variants) > 1,
    }
    return [mark for mark, holds in marks.items() if holds]


def _row(found: Versions, version: Version) -> dict[str, object]:
    return {
        "version": version.number,
        "at": datetime.fromtimestamp(version.at, UTC).isoformat(timespec="seconds"),
        "by": version.model or "you",
        "words": count_words(version.text),
        "rehearsed": version.rehearsed,
        "in_use": version.number == found.used,
        "variant": version.number in found.variants,
    }


def _teller(console: Console) -> Tell:
    from storygen.cli.watch import Watch

    return Watch(console).tell


def _say(console: Console, id_: str, version: Version) -> None:
    console.note(f"{id_} is version {version.number} now; what was there is kept: storygen versions {id_}")
