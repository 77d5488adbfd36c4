"""Points at the place in a template where something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable

from storygen.draft import Finding
from storygen.errors import TemplateError
from storygen.prompts.shelf import TemplateFile

_BEFORE = r"(?<![\w.])"
"""Where a word begins that is no field of something."""


def point(
    file: TemplateFile,
    line: int,
    rule: str,
    message: str,
    *,
    words: Iterable[str] = (),
    help: str = "",  # noqa: A002 - as in Finding
) -> Finding:
    """Return a finding that points at the first of *words* in its line, or else at all of the line."""
    lines = file.text.split("\n")
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    column, width = next(filter(None, (_span(word, source) for word in words)), _all(source))
    return Finding(
        rule,
        message,
        path=file.path,
        line=line,
        column=column if line else 0,
        width=width,
        source=source,
        help=help,
    )


def template_error(findings: list[Finding]) -> TemplateError:
    """Return the error that tells all of *findings*, the first one first."""
    first, *rest = (f"{_place(each)}: {each.message}" for each in findings)
    return TemplateError(first, findings[0].help, notes=tuple(rest), findings=tuple(findings))


def _span(word: str, source: str) -> tuple[int, int] | None:
    """Return the column and the width of *word*, by preference of one that is no part of a longer one.

    >>> _span("tit", "{{ a.tit }} {{ tit }}"), _span(".tit", "{{ a.title }} {{ a.tit }}")
    ((16, 3), (20, 3))
    """
    dot = word.startswith(".")
    whole = re.search(rf"{'' if dot else _BEFORE}{re.escape(word)}(?!\w)", source)
    start = whole.start() if whole else source.find(word)
    return (start + 1 + dot, len(word) - dot) if start >= 0 and word else None


def _all(source: str) -> tuple[int, int]:
    text = source.strip()
    return source.find(text) + 1, max(1, len(text))


def _place(finding: Finding) -> str:
    return f"{finding.path}:{finding.line}" if finding.line else finding.path
