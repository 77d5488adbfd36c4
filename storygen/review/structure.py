"""Whether the Markdown of a text holds together: headings, tables, fences, footnotes, quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from storygen.draft import Finding
from storygen.review.page import Page, clipped
from storygen.review.rules import FENCE, FOOTNOTE, HEADING, TABLE, UNBALANCED
from storygen.text.markdown import Block, BlockKind, blocks, lines

_OF_BLOCKS = ("#", "```", "~~~", "|", "\n--", "\n==", "\n=")
_TELLING = re.compile(r"^[ \t>]*(?:#{1,6}[ \t]|```|~~~|=+[ \t]*$|-{2,}[ \t]*$)|\|", re.MULTILINE)
_CELL = re.compile(r"(?:\\.|`[^`\n]*`|[^|\\])+")
_NOTE = re.compile(r"\[\^([^\[\]\s]{1,99})\](:?)")
_PAIRS = {"“": "”", "„": "“”", "「": "」", "『": "』", "(": ")", "（": "）"}
_ANGLES = ({"«": "»"}, {"»": "«"})
"""Guillemets that point outward, and those that point inward: the first in a text decides."""

_MARK = re.compile(r"[“”„«»「」『』()（）]")
_FACE = re.compile(r"[:;=]-?[()]")
_GOES_ON = re.compile(r"[\s>*_]*[“„«»\"]")
_STRAIGHT = re.compile('"')
_INCH = re.compile(r'(?<=\d)"')


def broken_markdown(page: Page) -> Iterator[Finding]:
    """Yield a finding for each heading, uneven table and open fence of *page*, and for lone footnotes."""
    if any(mark in page.text for mark in _OF_BLOCKS) and _TELLING.search(page.text):
        for block in blocks(page.text):
            yield from _block(page, block)
    if "[^" in page.prose or "[^" in page.text:
        yield from _footnotes(page)


def unbalanced(page: Page) -> Iterator[Finding]:
    """Yield a finding for every paragraph of *page* in which a bracket or mark has no other half, the first.

    Speech that goes on in the next paragraph opens again there, and is closed once: that is no finding.
    """
    first = page.prose.find("«"), page.prose.find("»")
    pairs = _PAIRS | _ANGLES[first[1] >= 0 and not 0 <= first[0] < first[1]]
    for (start, end), behind in pairwise([*page.paragraphs, (len(page.text), len(page.text))]):
        text = _FACE.sub(lambda found: " " * len(found[0]), page.prose[start:end])
        goes_on = _GOES_ON.match(page.prose, behind[0]) is not None
        for at in _lone(text, pairs, goes_on=goes_on)[:1]:
            place = (start + at, start + at + 1)
            said = clipped(page.text[place[0] : place[0] + 60])
            yield page.finding(UNBALANCED, place, f"{page.text[place[0]]} has no other half: “{said}”")


def _block(page: Page, block: Block) -> Iterator[Finding]:
    span = _span(page, block)
    match block.kind:
        case BlockKind.HEADING if page.section.asked and not block.containers:
            yield page.finding(HEADING, span, f"“{clipped(block.text)}” is a heading inside a section")
        case BlockKind.FENCE if block.closing:
            yield page.finding(FENCE, (span[0], page.text.find("\n", span[0])), "this fence is never closed")
        case BlockKind.TABLE:
            yield from _rows(page, block)
        case _:
            pass


def _rows(page: Page, block: Block) -> Iterator[Finding]:
    """Yield a finding for the first row of a table that has not as many cells as its head."""
    rows = lines(page.text)
    wanted = _cells(rows[block.first])
    start = sum(map(len, rows[: block.first]))
    for row in rows[block.first : block.behind]:
        if row.strip(" \t>\r\n") and _cells(row) != wanted:
            yield page.finding(
                TABLE,
                (start, start + len(row.rstrip())),
                f"this row has {_cells(row)} cells, the head has {wanted}",
            )
            return
        start += len(row)


def _cells(row: str) -> int:
    return len(_CELL.findall(row.strip(" \t>\r\n").removeprefix("|").removesuffix("|").replace("||", "| |")))


def _footnotes(page: Page) -> Iterator[Finding]:
    marks: dict[str, tuple[int, int]] = {}
    defined: dict[str, tuple[int, int]] = {}
    for found in _NOTE.finditer(page.text):
        at_line_start = not page.text[page.text.rfind("\n", 0, found.start()) + 1 : found.start()].strip(
            " \t>"
        )
        if (
            not page.prose[found.start() - 1 : found.start()].strip()
            and "`" in page.text[max(0, found.start() - 1) : found.start()]
        ):
            continue
        (defined if found[2] and at_line_start else marks).setdefault(found[1], found.span())
    for label in marks.keys() - defined.keys():
        yield page.finding(
            FOOTNOTE, marks[label], f"the footnote [^{label}] is defined nowhere in this section"
        )
    for label in defined.keys() - marks.keys():
        yield page.finding(FOOTNOTE, defined[label], f"nothing refers to the footnote [^{label}]")


def _lone(text: str, pairs: Mapping[str, str], *, goes_on: bool) -> list[int]:
    """Return the marks in *text* that have no other half; one may be open at its end if it *goes_on*."""
    open_: list[int] = []
    lone: list[int] = []
    for found in _MARK.finditer(text):
        at, mark = found.start(), found[0]
        if open_ and mark in pairs[text[open_[-1]]]:
            open_.pop()
        elif mark in pairs:
            lone += [open_.pop()] if open_ and text[open_[-1]] == mark and mark not in "(（" else []
            open_.append(at)
        elif mark not in ")）":
            lone.append(at)
    open_ += _odd(text)
    return sorted([*lone, *(at for at in open_ if text[at] in "(（" or not goes_on)])


def _odd(text: str) -> list[int]:
    """Return the last straight mark of *text* if their number is odd, inches aside."""
    if '"' not in text:
        return []
    marks = [found.start() for found in _STRAIGHT.finditer(text)]
    inches = sum(1 for _ in _INCH.finditer(text))
    return marks[-1:] if len(marks) % 2 and not inches % 2 else []


def _span(page: Page, block: Block) -> tuple[int, int]:
    """Return where *block* stands in the text, without the line end behind it."""
    rows = lines(page.text)
    start = sum(map(len, rows[: block.first]))
    return start, start + len("".join(rows[block.first : block.behind]).rstrip())
