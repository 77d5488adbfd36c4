"""The files that an outline names, looked up inside its folder and read once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from storygen.draft import Finding
from storygen.errors import FileError
from storygen.files.inside import inside, read_inside
from storygen.outline.hidden import REFUSAL_TEST, refusal_line
from storygen.outline.scraps import Scalar
from storygen.outline.tree import SourceRef
from storygen.text.words import count_words

LARGEST = 2 * 1024 * 1024
"""Bytes of a file."""

LARGEST_SOURCE = 256 << 10
"""Bytes of a source: of a file, or of the lines of it that are chosen."""

LONG_SAMPLE = 5_000
"""Words of one sample; more are sent all the same, but hardly meant."""

_LINES = re.compile(r"(?::|#L)(?P<first>[0-9]{1,9})(?:-L?(?P<last>[0-9]{1,9}))?$")
_GLOB = re.compile(r"[*?\[]")
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://|file:")


@dataclass(slots=True)
class Shelf:
    """The outline's folder and that of its sources, both absolute, with what was read from them already.

    `shown` is the outline's folder as people named it.
    """

    root: Path
    sources: Path
    shown: Path
    _read: dict[tuple[Path, str], str | FileError] = field(default_factory=dict)

    def read(self, name: str, *, root: Path | None = None) -> str:
        """Return the text of the file *name*. Raises FileError."""
        key = (root or self.root, name)
        if key not in self._read:
            try:
                self._read[key] = _checked(read_inside(key[0], name, limit=LARGEST), name)
            except FileError as error:
                self._read[key] = error
        known = self._read[key]
        if isinstance(known, FileError):
            raise known
        return known

    def look(self, name: Scalar) -> list[Finding]:
        """Find what is wrong with the text file *name* beside the outline."""
        return self._look(name, name.text, self.root)

    def sample(self, name: Scalar) -> list[Finding]:
        """Find what is wrong with a sample: what `look` finds, and one that makes every request dear."""
        if found := self.look(name):
            return found
        words = count_words(self.read(name.text))
        if words <= LONG_SAMPLE:
            return []
        message = f"{name.text} has {words:,} words, and every section is sent all of them"
        return [name.spot.warning("outline/sample", message, tip="300 to 1,500 show how you write")]

    def see(self, name: Scalar) -> list[Finding]:
        """Find what is wrong with the file *name*, whatever is in it."""
        try:
            path = _named(self.root, name.text)
        except FileError as error:
            return [file_finding(name, error)]
        if path.is_file():
            return []
        return [file_finding(name, FileError(f"{name.text} does not exist in {self.root}"))]

    def source(self, name: Scalar) -> list[Finding]:
        """Find what is wrong with a source: a file, perhaps with lines, or a glob."""
        ref = source_ref(name.text)
        if not is_glob(ref.path):
            return self._see_source(name, ref)
        if ref.lines:
            message = f"{ref.path} stands for several files, and lines are those of one"
            return [name.spot.error("outline/lines", message, tip="name each of them, with its lines")]
        try:
            refs = sources_of(self.sources, ref)
        except FileError as error:
            return [file_finding(name, error)]
        if not refs:
            return [nothing_matched(name)]
        return [finding for each in refs for finding in self._see_source(name, each)]

    def glob(self, pattern: str, *, root: Path | None = None) -> list[str]:
        """Return the names of the files that match *pattern*, sorted. Raises FileError."""
        return matching(root or self.root, pattern)

    def _see_source(self, name: Scalar, ref: SourceRef) -> list[Finding]:
        """Find what is wrong with one file, or with the lines of it that are chosen."""
        if found := self._look(name, ref.path, self.sources):
            return [_where(finding) for finding in found]
        text = self.read(ref.path, root=self.sources)
        first, last = ref.lines or (1, 1)
        there = len(_lines(text))
        if not 1 <= first <= last <= there:
            message = f"{ref.path} has {there:,} lines, and these are {first:,} to {last:,}"
            return [name.spot.error("outline/lines", message, tip="lines count from 1: README.md#L10-L80")]
        try:
            chosen(text, ref)
        except FileError as error:
            return [file_finding(name, error)]
        return []

    def _look(self, name: Scalar, text: str, root: Path) -> list[Finding]:
        try:
            _named(root, text)
            self.read(text, root=root)
        except FileError as error:
            return [file_finding(name, error)]
        return []


def source_ref(name: str) -> SourceRef:
    """Return what *name* means as a source: a file or a glob, and the lines of it if it says so.

    >>> source_ref("cli.py#L10-L80"), source_ref("docs/*.md").lines
    (SourceRef(path='cli.py', run='', lines=(10, 80)), None)
    """
    found = _LINES.search(name)
    if found is None:
        return SourceRef(name)
    first = int(found["first"])
    return SourceRef(name[: found.start()], lines=(first, int(found["last"] or first)))


def matching(home: Path, pattern: str) -> list[str]:
    """Return the names of the files below *home* that match *pattern*, sorted; no hidden one is among them.

    Raises FileError for a pattern that leads out of *home*.
    """
    _named(home, pattern)
    try:
        paths = sorted(path for path in home.glob(pattern) if path.is_file())
    except (OSError, ValueError, NotImplementedError) as error:
        raise FileError(f"{pattern} cannot be looked up: {error}") from error
    return [path.relative_to(home).as_posix() for path in paths if not _unseen(path.relative_to(home))]


def sources_of(home: Path, ref: SourceRef) -> list[SourceRef]:
    """Return the files below *home* that *ref* comes to; a glob passes over those that are empty.

    Raises FileError as `matching` does.
    """
    if not is_glob(ref.path):
        return [ref]
    return [SourceRef(name) for name in matching(home, ref.path) if (home / name).stat().st_size]


def chosen(text: str, ref: SourceRef) -> str:
    r"""Return what *ref* chooses of its *text*. Raises FileError for more than a source may have.

    >>> chosen("one\ntwo\nthree", SourceRef("a.txt", lines=(2, 3)))
    'two\nthree\n'
    """
    part = text if ref.lines is None else "\n".join(_lines(text)[ref.lines[0] - 1 : ref.lines[1]]) + "\n"
    size = len(part.encode())
    if size > LARGEST_SOURCE:
        raise FileError(
            f"{ref.name} has {size:,} bytes, and a source {LARGEST_SOURCE:,} at most",
            f"choose lines of it: {ref.path}#L10-L80",
        )
    return part


def _lines(text: str) -> list[str]:
    """Return the lines of *text* as editors count them."""
    return text.removesuffix("\n").split("\n")


def is_glob(name: str) -> bool:
    """Whether *name* stands for several files."""
    return _GLOB.search(name) is not None


def nothing_matched(name: Scalar) -> Finding:
    """Say that a glob finds no file."""
    return name.spot.warning(
        "outline/nothing-matched", f"no file is called {name.text}", under="nothing found"
    )


def _named(root: Path, name: str) -> Path:
    """Refuse addresses and hidden files, and whatever leads out of *root*."""
    if _ADDRESS.match(name):
        raise FileError(
            f"{name} is an address, and only files are read", "save it as a file beside the outline"
        )
    if name.startswith("~"):
        raise FileError(f"{name} leads to a home folder", "write it relative to the outline")
    if _unseen(Path(name)):
        raise FileError(f"{name} is a hidden file", "hidden files may hold secrets: copy what you need")
    return inside(root, name)


def _unseen(path: Path) -> bool:
    return any(part.startswith(".") and part not in {".", ".."} for part in path.parts)


def _checked(text: str, name: str) -> str:
    if not text.strip():
        raise FileError(f"{name} is empty")
    if "\0" in text:
        raise FileError(f"{name} is no text: it holds NUL bytes")
    if line := refusal_line(text):
        raise FileError(f"{name}:{line} holds the refusal test string {REFUSAL_TEST}…", "take it out")
    return text


def _where(finding: Finding) -> Finding:
    """Say of a source that is not there where sources are looked for."""
    return replace(
        finding, help=finding.help or "sources are beside the outline, or where --source-root says"
    )


def file_finding(name: Scalar, error: FileError) -> Finding:
    """Say why the file *name* cannot be used."""
    return name.spot.error("outline/file", error.message, tip=error.help)
