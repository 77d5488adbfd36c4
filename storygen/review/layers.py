"""A text in layers, each as long as the text itself: what is prose in it, and what the narrator tells."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from storygen.text.markdown import BlockKind, blocks, lines
from storygen.text.words import without_comments

_OF_BLOCKS = ("```", "~~~", "    ", "\t", "|", "<")
"""Without any of these a text has no block but paragraphs, headings, lists and quotations."""

_UNSHOWN = {BlockKind.FENCE, BlockKind.CODE, BlockKind.HTML}
_BLANKED = {*_UNSHOWN, BlockKind.TABLE, BlockKind.RULE}
_LINE = re.compile(r"[^\n]+")
_NOT_A_LINE_END = re.compile(r"[^\n]")

_TELLING = re.compile(r"[`<\[{&]|://")
_MARKUP = re.compile(
    r"(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"  # a code span
    r"|</?[A-Za-z][^<>\n]*>"  # a tag or an address in angle brackets
    r"|(?<=\])\([^()\s]*(?:[ \t]+\"[^\"()\n]*\")?\)"  # where a link leads
    r"|(?<=\])\[[^\[\]\n]*\]"  # the label of a link
    r"|\[\^[^\[\]\s]{1,99}\]:?"  # a footnote's mark
    r"|^ {0,3}\[[^\[\]\n]{1,999}\]:[ \t]*\S*"  # the definition of a link
    r"|\bhttps?://[^\s<>]+"
    r"|\{[.#][^{}\n]*\}"  # the attributes of a heading
    r"|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});",  # a character by its name
    re.DOTALL | re.MULTILINE,
)


def _pair(opens: str, closes: str) -> str:
    """Return what matches from one of *opens* to one of *closes*, or to the end of the paragraph."""
    return rf"[{opens}][^{closes}\n]*(?:\n(?![ \t]*\n)[^{closes}\n]*)*[{closes}]?"


_SPEECH = re.compile(
    "|".join(
        (
            _pair("„", "“”"),
            _pair("“", "”"),
            _pair("”", "”"),
            _pair("»", "«"),
            _pair("«", "»"),
            _pair("‹", "›"),
            _pair("「", "」"),
            _pair("『", "』"),
            _pair('"', '"'),
            r"‚[^‘\n]*‘?",
            r"(?<![\w’])‘[^’\n]*(?:(?:’(?=\w)|\n(?![ \t]*\n))[^’\n]*)*(?:’(?!\w))?",
            r"(?<![\w'])'(?=\w)[^'\n]*(?:(?:'(?=\w)|\n(?![ \t]*\n))[^'\n]*)*'(?!\w)",
        )
    )
)
"""What is said: from an opening mark to the one that closes it, or to the end of the paragraph."""

_DASHED = re.compile(r"(?:\A|(?<=\n\n))[ \t]*[—―–](?:[^\n]|\n(?![ \t]*\n))*|(?<=\n)[—―][^\n]*")
_ASIDE = re.compile(r"(?<=\s)[—―–](?=[^\W\d_])(?P<told>[^—―–]*)(?:[—―–]|\Z)")
_QUOTED = re.compile(r"^ {0,3}(?:>|#{1,6}[ \t])[^\n]*", re.MULTILINE)
_EMPHASIS = re.compile(
    r"(?<![\w*])\*{1,3}(?![\s*])[^*\n]+\*{1,3}(?!\w)|(?<!\w)_{1,3}(?![\s_])[^_\n]+_{1,3}(?!\w)"
)


def prose_of(text: str) -> str:
    r"""Blank out what is no prose in *text*: code, tables, raw HTML, comments, addresses, marks.

    >>> prose_of("Run `make` now.\n\n```sh\nmake\n```\n").split()
    ['Run', 'now.']
    """
    if any(mark in text for mark in _OF_BLOCKS):
        text = _without_blocks(text, _BLANKED)
    return unmarked(without_comments(text))


def shown_of(text: str) -> str:
    r"""Blank out in *text* what is not set as text: code apart from code spans, raw HTML, comments.

    >>> shown_of("Run `make`. <!-- It works. -->\n\n```sh\nmake\n```\n").split()
    ['Run', '`make`.']
    """
    if any(mark in text for mark in _OF_BLOCKS):
        text = _without_blocks(text, _UNSHOWN)
    return without_comments(text)


def unmarked(text: str) -> str:
    """Blank out the marks in *text*: code spans, tags, where links lead."""
    return _MARKUP.sub(_blank, text) if _TELLING.search(text) else text


def speeches_in(prose: str) -> list[tuple[int, int]]:
    """Return where in *prose* something stands in quotation marks, of any sort."""
    return [found.span() for found in _SPEECH.finditer(prose)]


def unspoken_of(prose: str, speeches: Iterable[tuple[int, int]]) -> str:
    r"""Blank out in *prose* what somebody says: in quotation marks, its *speeches*, or behind a dash.

    >>> texts = "“No,” she said.", "—No —dijo Ana—. Nunca."
    >>> [unspoken_of(text, speeches_in(text)).split() for text in texts]
    [['she', 'said.'], ['dijo', 'Ana']]
    """
    pieces, behind = [], 0
    for start, end in speeches:
        pieces += [prose[behind:start], _blanked(prose[start:end])]
        behind = end
    unquoted = "".join([*pieces, prose[behind:]])
    return _DASHED.sub(_dashed, unquoted) if any(dash in unquoted for dash in "—―–") else unquoted


def told_of(unspoken: str) -> str:
    """Blank out in *unspoken* what else is set apart: emphasis, which may be thought, quotations, headings.

    >>> told_of("She waited. *I am late,* she thought.").split()
    ['She', 'waited.', 'she', 'thought.']
    """
    if ">" in unspoken or "#" in unspoken:
        unspoken = _QUOTED.sub(_blank, unspoken)
    return _EMPHASIS.sub(_blank, unspoken) if "*" in unspoken or "_" in unspoken else unspoken


def paragraphs(layer: str) -> list[tuple[int, int]]:
    r"""Return where the paragraphs of *layer* start and end: runs of lines that are not blank.

    >>> paragraphs("One\ntwo.\n\nThree.")
    [(0, 8), (10, 16)]
    """
    found: list[tuple[int, int]] = []
    start, end = 0, -1
    for line in _LINE.finditer(layer):
        if line[0].isspace():
            continue
        if line.start() != end + 1:
            found += [(start, end)] if end >= 0 else []
            start = line.start()
        end = line.end()
    return [*found, (start, end)] if end >= 0 else found


def _without_blocks(text: str, kinds: Container[BlockKind]) -> str:
    rows = lines(text)
    for block in blocks(text):
        if block.kind in kinds:
            for at in range(block.first, min(block.behind, len(rows))):
                rows[at] = _blanked(rows[at])
    return "".join(rows)


def _dashed(found: re.Match[str]) -> str:
    """Blank out a paragraph that begins with a dash, except for what stands in it between two dashes."""
    said = found[0]
    kept = [" " if char != "\n" else "\n" for char in said]
    for aside in _ASIDE.finditer(said, 1):
        kept[aside.start("told") : aside.end("told")] = aside["told"]
    return "".join(kept)


def _blank(found: re.Match[str]) -> str:
    return _blanked(found[0])


def _blanked(text: str) -> str:
    return _NOT_A_LINE_END.sub(" ", text)
