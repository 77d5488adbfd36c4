"""An outline file becomes an Outline, or a list of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from storygen.draft import Finding, Severity
from storygen.errors import OutlineError
from storygen.outline.branch import read_root
from storygen.outline.build import build
from storygen.outline.codex import read_codex
from storygen.outline.markdown_reader import read_markdown
from storygen.outline.opening import opened
from storygen.outline.paths import Shelf
from storygen.outline.scraps import Pairs, Scrap
from storygen.outline.sheet import Sheet
from storygen.outline.tree import Outline
from storygen.outline.values import reader_of
from storygen.outline.yaml_composer import Fragment
from storygen.outline.yaml_reader import read_yaml

SAMPLE = "title: The Lamp Room\nsections:\n  - The boat\n  - First night"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading an outline; `outline` is None where a finding is an error."""

    outline: Outline | None
    findings: tuple[Finding, ...] = ()


def read_outline(path: Path, *, source_root: Path | None = None) -> Outline:
    """Return the outline in the file *path*. Raises OutlineError, with all findings."""
    reading = read(path, source_root=source_root)
    if reading.outline is None:
        errors = sum(finding.severity is Severity.ERROR for finding in reading.findings)
        message = f"{path} has {errors} error{'' if errors == 1 else 's'}"
        raise OutlineError(message, "mend the outline and run it again", findings=reading.findings)
    return reading.outline


def read(path: Path, *, source_root: Path | None = None) -> Reading:
    """Read the outline in the file *path*, and collect everything that can be said about it.

    Sources are looked up in *source_root*, or else beside the outline like everything that it names.
    """
    sheet, found = opened(path)
    return _reading(sheet, found, path, source_root or path.parent)


def read_text(text: str, path: Path) -> Reading:
    """Read *text* as if it stood in the file *path*, which need not exist."""
    return _reading(Sheet(str(path), text), [], path, path.parent)


def _reading(sheet: Sheet | None, found: list[Finding], path: Path, sources: Path) -> Reading:
    scrap: Scrap | None = None
    if sheet is not None:
        scrap, remarks = _scraps(sheet)
        found += remarks
    if not isinstance(scrap, Pairs):
        return Reading(None, tuple(found))
    reader = reader_of(Shelf(path.parent.absolute(), sources.absolute(), path.parent), found)
    root = read_root(reader, scrap)
    draughts = read_codex(reader, root.card.get("codex"))
    outline, contradictions = build(root, draughts, path)
    findings = tuple(sorted([*reader.found, *contradictions], key=_reading_order(path)))
    broken = any(finding.severity is Severity.ERROR for finding in findings)
    return Reading(None if broken else outline, findings)


def _reading_order(path: Path) -> Callable[[Finding], tuple[bool, str, int, int]]:
    def key(finding: Finding) -> tuple[bool, str, int, int]:
        return finding.path != str(path), finding.path, finding.line, finding.column

    return key


def _scraps(sheet: Sheet) -> tuple[Scrap | None, list[Finding]]:
    """Read the file's own form, and make sure that it is a mapping."""
    if not sheet.text.strip():
        return None, [_empty(sheet)]
    if sheet.markdown:
        return read_markdown(sheet)
    scrap, found = read_yaml(Fragment(sheet, sheet.text))
    if scrap is None and not found:
        return None, [_empty(sheet)]
    if scrap is not None and not isinstance(scrap, Pairs):
        found.append(
            scrap.spot.error(
                "outline/not-a-mapping",
                "an outline begins with fields, each a name, a colon and a value",
                tip=f"begin like this:\n{SAMPLE}",
            )
        )
    return scrap, found


def _empty(sheet: Sheet) -> Finding:
    return sheet.whole.error("outline/empty", "the outline is empty", tip=f"begin like this:\n{SAMPLE}")
