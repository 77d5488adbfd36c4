"""What Markdown says about a text: its blocks, and what is still open at its end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_INDENT = re.compile(r"(?<=[\r\n])[ \t]+\Z")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


class BlockKind(StrEnum):
    """The blocks that hold text themselves."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    FENCE = "fence"
    CODE = "code"
    TABLE = "table"
    HTML = "html"
    RULE = "rule"


_KINDS = {
    "paragraph_open": BlockKind.PARAGRAPH,
    "heading_open": BlockKind.HEADING,
    "fence": BlockKind.FENCE,
    "code_block": BlockKind.CODE,
    "table_open": BlockKind.TABLE,
    "html_block": BlockKind.HTML,
    "hr": BlockKind.RULE,
}


@dataclass(frozen=True, slots=True)
class Block:
    """A block that holds text: where it is and what stands in it.

    It reaches from line `first` to before line `behind`, counted from 0. `text` is what stands in it,
    without markers. `level` is a heading's; `mark` and `info` are a fence's, `mark` also a heading's (`#`s,
    `=` or `-`). `containers` are the list items and quotes around it, outermost first.
    """

    kind: BlockKind
    first: int
    behind: int
    text: str = ""
    level: int = 0
    mark: str = ""
    info: str = ""
    containers: tuple[str, ...] = ()

    @property
    def closing(self) -> str:
        r"""What would end the block, if it has no end of its own yet and would take in all that follows.

        >>> [block.closing for block in blocks("~~~\na")], [block.closing for block in blocks("<!-- b -->")]
        (['~~~'], [''])
        """
        if self.kind is BlockKind.FENCE:
            content = self.text.count("\n") + (self.text != "" and not self.text.endswith("\n"))
            return self.mark if content == self.behind - self.first - 1 else ""
        return _html_closing(self.text) if self.kind is BlockKind.HTML else ""


@dataclass(frozen=True, slots=True)
class End:
    """How a text ends: the block that is still open there, if one is, and where its first line begins.

    A table may be no more than the line that would head it; then `block` is a paragraph and `in_table` true.
    """

    start: int
    block: Block | None = None
    in_table: bool = False

    @property
    def kind(self) -> BlockKind | None:
        """What is open; None between blocks."""
        if self.in_table:
            return BlockKind.TABLE
        return self.block.kind if self.block else None

    @property
    def indented(self) -> bool:
        """Whether blanks at the start of a line mean something here."""
        return self.kind in {BlockKind.FENCE, BlockKind.CODE, BlockKind.HTML} or bool(
            self.block and self.block.containers
        )


def parse(text: str) -> list[Token]:
    """Return the block tokens of *text* (CommonMark and tables), each with its line map.

    Inline markup is left alone, so that a book is read in no time.
    """
    return _parser().parse(text)


def blocks(text: str) -> list[Block]:
    r"""Return the blocks of *text* that hold text, in order.

    >>> [(block.kind.value, block.text, block.containers) for block in blocks("# A *b*\n\n- c")]
    [('heading', 'A *b*', ()), ('paragraph', 'c', ('list_item',))]
    """
    found: list[Block] = []
    around: list[str] = []
    tokens = parse(text)
    for token, inner in zip_longest(tokens, tokens[1:]):
        name, _, edge = token.type.rpartition("_")
        if name in {"list_item", "blockquote"}:
            around = [*around, name] if edge == "open" else around[:-1]
        elif token.type in _KINDS:
            found.append(_block(token, inner, tuple(around)))
    return found


def lines(text: str) -> list[str]:
    r"""Return the lines of *text* as blocks count them, each with its line end.

    >>> lines("one\u2028still one\r\ntwo")
    ['one\u2028still one\r\n', 'two']
    """
    return _LINE.findall(text)


def end(text: str) -> End:
    r"""Say how *text* ends.

    >>> end("- a list\n  ```py\n  print(").block.info
    'py'
    """
    own = lines(_INDENT.sub("", text))
    last = next(reversed(blocks(text)), None)
    if own and not own[-1].isspace() and (last is None or last.behind < len(own)):
        last = _definition(own)
    if last is None or _is_over(last, own):
        return End(len(text))
    in_table = last.kind is BlockKind.PARAGRAPH and own[-1].lstrip(" \t>").startswith("|")
    return End(sum(map(len, own[: last.first])), last, in_table)


def _definition(own: list[str]) -> Block:
    """Return the last of the lines *own* as a paragraph: what defines a link or a footnote is no block."""
    first = len(own) - 1
    while first and not own[first - 1].isspace():
        first -= 1
    return Block(BlockKind.PARAGRAPH, first, len(own), "".join(own[first:]))


def _is_over(block: Block, own: list[str]) -> bool:
    """Whether nothing more can be written into *block*, the last of the lines *own*."""
    if block.closing:
        return False
    if (
        block.behind < len(own)
        or not own[-1].strip(" \t>\r\n")
        or block.kind in {BlockKind.FENCE, BlockKind.RULE}
    ):
        return True
    return block.kind is BlockKind.HEADING and own[-1].endswith(("\n", "\r"))


def _block(token: Token, inner: Token | None, around: tuple[str, ...]) -> Block:
    """Make a block of its *token*; what stands in a heading or paragraph is in the *inner* one behind it."""
    first, behind = token.map or [0, 0]
    text = inner.content if inner and inner.type == "inline" else token.content
    level = int(token.tag[1:]) if token.type == "heading_open" else 0
    return Block(_KINDS[token.type], first, behind, text, level, token.markup, token.info.strip(), around)


_HTML_ENDS = tuple(
    (re.compile(opens, re.IGNORECASE), closes)
    for opens, closes in (
        (r"<!--", "-->"),
        (r"<\?", "?>"),
        (r"<!\[CDATA\[", "]]>"),
        (r"<![A-Z]", ">"),
        (r"<script(?=[\s>]|$)", "</script>"),
        (r"<pre(?=[\s>]|$)", "</pre>"),
        (r"<style(?=[\s>]|$)", "</style>"),
        (r"<textarea(?=[\s>]|$)", "</textarea>"),
    )
)


def _html_closing(content: str) -> str:
    """Return what ends the raw HTML *content*, if it is of a sort that only its own end can end."""
    for opens, closes in _HTML_ENDS:
        if opens.match(content.lstrip()):
            return "" if closes in content.lower() else closes
    return ""


@cache
def _parser() -> MarkdownIt:
    """Build the parser once; its import is paid by whoever looks at Markdown."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - loaded when needed

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.disable(["inline", "text_join"])
    return parser
