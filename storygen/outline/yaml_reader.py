"""A text in YAML becomes scraps; a line that cannot be read is explained, and read as it was meant."""

from __future__ import annotations

import re

import yaml

from storygen.draft import Finding
from storygen.outline.scraps import Scrap
from storygen.outline.sheet import Sheet, Spot
from storygen.outline.yaml_composer import Composer, Fragment, Unreadable
from storygen.outline.yaml_lines import Trap
from storygen.outline.yaml_traps import Trouble, explain

MOST_REPAIRS = 20
MOST_READ = 4_000_000
"""How many characters are read again, all repairs of a file together."""

_LIKE_BREAKS = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})
_JSON_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def read_yaml(fragment: Fragment) -> tuple[Scrap | None, list[Finding]]:
    """Return what *fragment* says, and every finding; None where nothing can be made of it.

    A line that YAML cannot read is read as it was probably meant, so that one mistake does not hide others.
    """
    scrap, mended, found = _read(fragment)
    return scrap, mended + found


def read_leniently(fragment: Fragment) -> tuple[Scrap | None, list[Finding]]:
    """Return what *fragment* says, and what of it is lost: a line that is read as it was meant is not.

    This is for what a model has written: nobody has to learn from its mistakes.
    """
    scrap, mended, found = _read(fragment)
    return scrap, found if scrap is not None else mended + found


def _read(fragment: Fragment) -> tuple[Scrap | None, list[Finding], list[Finding]]:
    """Return what *fragment* says, the findings of lines read as they were meant, and all others."""
    mended: list[Finding] = []
    lines = _readable(fragment.text).split("\n")
    for _ in range(min(MOST_REPAIRS, 1 + MOST_READ // (1 + len(fragment.text)))):
        composer = Composer(fragment, Sheet("", "\n".join(lines)))
        try:
            return composer.document(), mended, composer.found
        except Unreadable as stop:
            return None, mended, [*composer.found, stop.finding]
        except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
            trap = explain(lines, _trouble(error, composer.layout))
        finding = _finding(fragment, trap)
        if any(other.line == finding.line for other in mended):
            break
        mended.append(finding)
        if trap.repaired is None:
            break
        lines[trap.line - 1] = trap.repaired
    return None, mended, []


def _readable(text: str) -> str:
    """Make blanks of what only YAML takes for the end of a line, and characters of JSON's halves."""
    text = text.translate(_LIKE_BREAKS)
    if text.lstrip().startswith("{"):
        text = _JSON_PAIR.sub(lambda pair: _joined(pair[0]), text)
    return text


def _joined(pair: str) -> str:
    return (
        (chr(int(pair[2:6], 16)) + chr(int(pair[8:12], 16)))
        .encode("utf-16", "surrogatepass")
        .decode("utf-16")
    )


def _trouble(error: Exception, layout: Sheet) -> Trouble:
    """Return where YAML gave up, by the indexes of its marks: it sees more ends of lines than people do."""
    began = _marked(getattr(error, "context_mark", None), layout)
    at = _marked(getattr(error, "problem_mark", None), layout) or began or layout.spot(0, 1)
    return Trouble(
        line=at.line,
        column=at.column,
        problem=str(getattr(error, "problem", None) or ""),
        began=began.line if began else 0,
        began_column=began.column if began else 0,
        context=str(getattr(error, "context", None) or ""),
    )


def _marked(mark: yaml.Mark | None, layout: Sheet) -> Spot | None:
    """Return the place that *mark* means."""
    return None if mark is None else layout.spot(min(mark.index, len(layout.text)), 0)


def _finding(fragment: Fragment, trap: Trap) -> Finding:
    place = fragment.spot(Spot(fragment.sheet, trap.line, trap.column, trap.width))
    return place.error(trap.rule, trap.message, under=trap.under, tip=trap.help)
