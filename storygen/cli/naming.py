"""Which outlines and sections the words on a command line name."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from storygen.cli.flags import book_here, flags_here
from storygen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENDINGS = (".yaml", ".yml", ".md")
"""What ends like this is an outline; the rest are section ids, which have no dots."""

_HERE = ("outline.yaml", "outline.yml", "outline.md")


class Named(NamedTuple):
    """The outlines and the section ids of one command line."""

    outlines: tuple[Path, ...]
    ids: tuple[str, ...]


def named(words: Sequence[str]) -> Named:
    """Tell outlines, each once, from section ids; without an outline, take the only one in this folder.

    Raises UsageError where there is none, more than one, or ids or --book with several outlines.
    """
    paths = _each_once(_outline(word) for word in words if is_outline(word))
    ids = tuple(word for word in words if not is_outline(word))
    if ids and len(paths) > 1:
        raise UsageError("section ids need one outline, and several were given", "name one outline")
    if book_here() and len(paths) > 1:
        raise UsageError("--book needs one outline, and several were given", "each has a folder of its own")
    return Named(paths or (_only_outline(Path()),), ids)


def quoted(path: Path) -> str:
    """Return *path* as a shell takes it, so that a suggested command can be pasted.

    >>> quoted(Path("my book/outline.yaml"))
    "'my book/outline.yaml'"
    """
    return shlex.quote(str(path))


def again(path: Path) -> str:
    """Return *path* and the running command's flags that say where things lie, as a shell takes them."""
    flags = {"--source-root": flags_here().get("source_root"), "--book": book_here()}
    return shlex.join([str(path), *(str(word) for flag in flags.items() if flag[1] for word in flag)])


def ids_here(words: Sequence[str]) -> list[str]:
    """Return the section ids of the outline that *words* name, for completion; none on any mistake."""
    from storygen.cli.opening import source_root_here
    from storygen.outline.read import read

    try:
        outline = read(named(words).outlines[0], source_root=source_root_here()).outline
    except (UsageError, OSError):
        return []
    return [section.id for section in outline.sections] if outline else []


def is_outline(word: str) -> bool:
    """Say whether *word* names an outline, or a folder that has one; what does not is a section's id."""
    return word.endswith(ENDINGS) or Path(word).is_dir()


def _each_once(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple({path.resolve(): path for path in paths}.values())


def _outline(word: str) -> Path:
    path = Path(word)
    return _only_outline(path) if path.is_dir() else path


def _only_outline(folder: Path) -> Path:
    found = [folder / name for name in _HERE if (folder / name).exists()]
    match found:
        case [path]:
            return path
        case []:
            where = "this folder" if folder == Path() else str(folder)
            raise UsageError(
                f"there is no outline.yaml or outline.md in {where}",
                "name an outline, or begin with `storygen init DIR --from short-story`",
            )
        case _:
            names = " and ".join(path.name for path in found)
            raise UsageError(f"{names} are both here", "name the one that is meant")
