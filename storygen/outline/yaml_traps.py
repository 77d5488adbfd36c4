"""What a person meant by a line that YAML cannot read, and how to write it instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from storygen.outline.mistakes import keeps, quoted
from storygen.outline.yaml_composer import DEEPEST
from storygen.outline.yaml_lines import LINE, NAMES, Line, Trap, cut

_TIGHT = re.compile(rf"(?P<lead>\s*(?:-\s+)*)(?P<key>{NAMES}):(?P<value>\S.*)")
_BLOCK = re.compile(r"[|>][-+0-9]*\s*(?:#.*)?")
_RESERVED = "@`%*&!?,]}"
_CLOSED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^']|'')*'")}
_PAIRS = {"[": "]", "{": "}"}

FAR = 200
"""How many lines above a problem its cause is looked for."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where YAML gave up: the mark of the problem, the mark of what was being read, and its words."""

    line: int
    column: int
    problem: str = ""
    began: int = 0
    began_column: int = 0
    context: str = ""


def explain(lines: Sequence[str], trouble: Trouble) -> Trap:
    """Return what a person should know about *trouble*, chosen by what the source says."""
    if "nesting depth" in trouble.problem:
        return _too_deep(lines, trouble)
    near = _near(lines, trouble)
    for look in _LOOKS:
        for line in near:
            if trap := look(line):
                return trap
    return _unclosed(lines, trouble) or _layout(lines, trouble) or _unknown(lines, trouble)


def _too_deep(lines: Sequence[str], trouble: Trouble) -> Trap:
    """Find the bracket that goes a level too far: libyaml reads ahead, and gives up only a thousand deep."""
    opened = [at for at, char in enumerate(lines[trouble.line - 1][: trouble.column], 1) if char in _PAIRS]
    column = opened[DEEPEST - 1] if len(opened) >= DEEPEST else trouble.column
    return Trap("outline/too-deep", f"this is more than {DEEPEST} levels deep", trouble.line, column, 1)


def _near(lines: Sequence[str], trouble: Trouble) -> list[Line]:
    """Return the line of the problem and the last one before it that says something."""
    before = next((n for n in range(trouble.line - 1, 0, -1) if lines[n - 1].strip()), 0)
    return [cut(lines, number) for number in (trouble.line, before) if 0 < number <= len(lines)]


def _tab(line: Line) -> Trap | None:
    at = line.lead.find("\t")
    if at < 0:
        return None
    width = len(line.lead) - len(line.lead[at:].lstrip("\t"))
    return Trap(
        "outline/tab",
        "a tab cannot indent a line",
        line.number,
        at + 1,
        max(1, width - at),
        "a tab, shown as →",
        "indent with spaces: two for each level",
    )


def _template(line: Line) -> Trap | None:
    at = line.value.find("{{")
    if at < 0 or line.value[:1] in {'"', "'"}:
        return None
    return line.trap("outline/template-text", "text in an outline is not a template", at=at, width=2)


def _quote(line: Line) -> Trap | None:
    mark = line.value[:1]
    closed = _CLOSED[mark].match(line.value) if mark in _CLOSED else None
    if closed is None or re.fullmatch(r"\s*(?:#.*|:|:\s.*)?", rest := line.value[closed.end() :]):
        return None
    return line.trap(
        "outline/quote",
        "a line that begins with a quotation mark has to be quoted as a whole",
        at=closed.end(),
        width=len(rest.rstrip()),
        under="outside of the quotes",
    )


def _reserved(line: Line) -> Trap | None:
    first = line.value[:1]
    if not first or first not in _RESERVED or (first in "&?" and line.value[1:2] == " "):
        return None
    return line.trap("outline/reserved-character", keeps(first))


def _bracket(line: Line) -> Trap | None:
    end = _end_of_brackets(line.value)
    if end is None or re.fullmatch(r"\s*(?:#.*)?", line.value[end:]):
        return None
    return line.trap(
        "outline/reserved-character",
        f"YAML reads `{line.value[0]}` as the start of a list, and a list ends at `{line.value[end - 1]}`",
        width=end,
    )


def _end_of_brackets(value: str) -> int | None:
    """Return where the bracket that opens *value* is closed; None if there is none or it stays open."""
    if value[:1] not in _PAIRS:
        return None
    steps = accumulate((char in "[{") - (char in "]}") for char in value)
    return next((at + 1 for at, depth in enumerate(steps) if depth == 0), None)


def _block(line: Line) -> Trap | None:
    if line.value[:1] not in {"|", ">"} or _BLOCK.fullmatch(line.value):
        return None
    repaired = f"{line.lead}{line.key}{quoted(line.value[1:])}"
    message = f"after `{line.value[0]}` the text begins on the next line"
    tip = f"write: {repaired.strip()}"
    return Trap("outline/syntax", message, line.number, line.column, 1, "", tip, repaired)


def _colon(line: Line) -> Trap | None:
    found = re.search(r":(?=\s|$)", line.value)
    if found is None or line.value[:1] in {'"', "'", "[", "{", "#", "|", ">"}:
        return None
    if not line.key and "-" not in line.lead and found.end() == len(line.value):
        return None
    return line.trap("outline/colon", "a colon followed by a space needs quotes", at=found.start())


def _tight(line: Line) -> Trap | None:
    found = _TIGHT.fullmatch(line.text)
    if found is None:
        return None
    repaired = f"{found['lead']}{found['key']}: {found['value']}"
    return Trap(
        "outline/colon",
        f"a space is missing after `{found['key']}:`",
        line.number,
        found.end("key") + 1,
        1,
        "",
        f"write: {repaired.strip()}",
        repaired,
    )


def _dash(line: Line) -> Trap | None:
    if not line.key or not re.match(r"-\s", line.value):
        return None
    return Trap(
        "outline/syntax",
        "a list begins on a line of its own",
        line.number,
        line.column,
        1,
        "",
        f"put `{line.value.strip()}` on the next line, two spaces further in than `{line.key.strip()}`",
    )


_LOOKS: tuple[Callable[[Line], Trap | None], ...] = (
    _tab,
    _template,
    _quote,
    _reserved,
    _bracket,
    _block,
    _dash,
    _tight,
    _colon,
)


def _unclosed(lines: Sequence[str], trouble: Trouble) -> Trap | None:
    """Find what was opened and never closed, perhaps far above the problem."""
    for number in range(min(trouble.line, len(lines)), max(trouble.line - FAR, 0), -1):
        line = cut(lines, number)
        mark = line.value[:1]
        if mark in _CLOSED and _runs_on(line, lines[number : trouble.line]):
            return _open_quote(line, mark)
    if "flow" in trouble.context and trouble.began:
        return _open_bracket(lines, trouble)
    return None


def _runs_on(line: Line, following: Sequence[str]) -> bool:
    """Whether the quote that opens a value is closed at the end of no line, its own or one *following*."""
    text = "\n".join([line.value, *following])
    closed = _CLOSED[text[0]].match(text)
    return closed is None or not re.match(r"[ \t]*(?:#.*|:.*)?(?:\n|$)", text[closed.end() :])


def _open_quote(line: Line, mark: str) -> Trap:
    if mark == "'":
        message = "the apostrophe that opens this text is never closed"
        return line.trap("outline/unclosed", message, under="opened here")
    repaired = f"{line.text.rstrip()}{mark}"
    return Trap(
        "outline/unclosed",
        "the quotation mark that opens this text is never closed",
        line.number,
        line.column,
        1,
        "opened here",
        f"write: {repaired.strip()}",
        repaired if line.value.count(mark) == 1 else None,
    )


def _open_bracket(lines: Sequence[str], trouble: Trouble) -> Trap:
    mark = lines[trouble.began - 1][trouble.began_column - 1 :][:1]
    closing = _PAIRS.get(mark, "]")
    rest = "\n".join([lines[trouble.began - 1][trouble.began_column - 1 :], *lines[trouble.began :][:FAR]])
    if _end_of_brackets(rest) is not None:
        message = f"between `{mark}` and `{closing}` there is one comma between two items"
        return Trap("outline/syntax", message, trouble.line, trouble.column, 1, "a comma is missing here")
    return Trap(
        "outline/unclosed",
        f"the `{mark}` that opens this list is never closed",
        trouble.began,
        trouble.began_column,
        1,
        "opened here",
        f"add `{closing}` behind the last item",
    )


def _layout(lines: Sequence[str], trouble: Trouble) -> Trap | None:
    """Say that the line itself is fine and stands in the wrong column."""
    if not 0 < trouble.line <= len(lines) or "escape" in trouble.problem:
        return None
    line = lines[trouble.line - 1]
    column = len(line) - len(line.lstrip()) + 1
    above = _columns(lines[max(trouble.line - FAR, 0) : trouble.line - 1]) - {column}
    near = sorted(sorted(above, key=lambda other: abs(other - column))[:2])
    where = f"column {' or '.join(str(other) for other in near)}" if near else "the same column"
    tip = f"let it begin in {where}, as the lines do that it belongs to"
    message = f"nothing that this line could belong to begins in column {column}"
    return Trap("outline/indentation", message, trouble.line, column, 1, "begins here", tip)


def _columns(lines: Sequence[str]) -> set[int]:
    """Return in which columns fields and hyphens begin."""
    cut = [LINE.fullmatch(line) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    leads = [found["lead"] for found in cut if found]
    return {edge + 1 for lead in leads for edge in (len(lead), len(lead) - len(lead.lstrip()))}


def _unknown(lines: Sequence[str], trouble: Trouble) -> Trap:
    number = min(max(trouble.line, 1), len(lines))
    if "Unicode character escape" in trouble.problem:
        message = "half a character (a lone surrogate) cannot be written to a file"
        return Trap(
            "outline/surrogate", message, number, trouble.column - 2, 6, "", "type the character itself"
        )
    if "escape" in trouble.problem:
        message = "a backslash between double quotes begins a code, and this one is none"
        tip = "use single quotes, or write the backslash twice"
        return Trap("outline/syntax", message, number, trouble.column, 2, "", tip)
    tip = "put the text in quotes, or look for something unfinished in the lines above"
    return Trap("outline/syntax", "YAML cannot read this line", number, trouble.column, 1, "", tip)
