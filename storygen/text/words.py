"""What a word is, and how many a text has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_ALONE = (
    "\u3005\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_ALONE += "\uff66-\uff9f\U00020000-\U0003ffff"
"""Han and kana: written without blanks, so that every character counts as a word."""

_RUNNING = "\u0e01-\u0e30\u0e40-\u0e46\u0e81-\u0eb0\u0ec0-\u0ec6\u1000-\u102a\u1050-\u1055\u1780-\u17b3"
"""Letters of Thai, Lao, Burmese and Khmer: written without blanks too, two or three to a word."""

_MARKS = "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
_MARKS += (
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0900-\u0963\u0971-\u0df3\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ece"
)
_MARKS += "\u0f18-\u0f39\u0f71-\u0f84\u102b-\u103e\u17b4-\u17d3"
_MARKS += "\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\ufe20-\ufe2f"
"""Signs that sit on letters or join them; regular expressions do not count them among letters."""

_LETTER = rf"(?:[^\W_{_ALONE}{_RUNNING}]|[{_MARKS}])"
_WORD = rf"[{_ALONE}]|(?:[{_RUNNING}][{_MARKS}]*){{1,3}}|{_LETTER}+(?:(?:[.,'’:/@‐‑-]|_+){_LETTER}+)*"

_SPACED = re.compile(r"[^\W_]+(?:['’‐-][^\W_]+)*")
_PLAIN = re.compile(rf"[^\W_{_ALONE}]+(?:['’‐-][^\W_{_ALONE}]+)*|[{_ALONE}]")
_STANDS_ALONE = re.compile("[\u3005-\uffff\U00020000-\U0003ffff]")

_MARKUP = (
    r"^[ \t>]*(?:```[^`\n]*|~~~[^\n]*)$"  # the lines that open and close a fence
    r"|^[ \t>]*[0-9]{1,9}[.)](?=[ \t])"  # the number of a list item
    r"|^ {0,3}\[[^\[\]\n]{1,999}\]:[ \t]*\S*"  # the definition of a link or a footnote
    r"|\[\^[^\[\]\s]{1,99}\]"  # a footnote's mark
    r"|\]\([^()\s]*(?:[ \t]+\"[^\"()\n]*\")?\)"  # where a link leads
    r"|\]\[[^\[\]\n]*\]"  # the label of a link
    r"|</?[A-Za-z][^<>\n]*>"  # a tag or an address in angle brackets
    r"|\{[.#][^{}\n]*\}"  # the attributes of a heading
    r"|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"  # a character by its name
)
_TOKEN = re.compile(rf"{_MARKUP}|(?P<word>{_WORD})", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NOT_A_LINE_END = re.compile(r"[^\n]")


def count_words(text: str) -> int:
    """Count the words of *text*, as `split_words` finds them.

    >>> count_words("# The *lamp*, she said -- don't touch the well-known lamp!")
    9
    """
    return _count(text)


@lru_cache(maxsize=1_024)  # the same texts are counted again and again while a book is written
def _count(text: str) -> int:
    return len(split_words(text))


def split_words(text: str) -> list[str]:
    """Return the words of *text*, as they are written there.

    A word is a run of letters and digits; an apostrophe, hyphen, underscore, dot, comma, colon, slash or @
    inside it belongs to it. Each Han or kana character is a word, and so are three letters of Thai, Lao,
    Burmese or Khmer. Markdown's markup, where links lead, HTML comments and the lines that open and close a
    fence are none. So counts LongBench-Write (arXiv 2408.07055) Latin and Chinese prose, but for what holds a
    word together.

    >>> split_words("Don't read [*the* log](https://example.org), 14.5 pages of 灯台.")
    ["Don't", 'read', 'the', 'log', '14.5', 'pages', 'of', '灯', '台']
    """
    return list(filter(None, _TOKEN.findall(without_comments(text))))


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the words of *text* start and end."""
    for found in _TOKEN.finditer(without_comments(text)):
        if found["word"]:
            yield found.span("word")


def plain_words(text: str) -> list[str]:
    """Return the words of *text* as texts are compared: in lower case, with plain apostrophes.

    It knows nothing of Markdown; an apostrophe or hyphen inside a word belongs to it, and nothing else does.

    >>> plain_words("“Don’t,” she said: the well-known 灯台.")
    ["don't", 'she', 'said', 'the', 'well-known', '灯', '台']
    """
    folded = text.lower().replace("’", "'")
    if len(folded) != len(text):  # a letter that has two in lower case would move all words behind it
        folded = "".join(char if len(char.lower()) > 1 else char.lower() for char in text).replace("’", "'")
    return _plain(folded).findall(folded)


def plain_spans(text: str) -> list[tuple[int, int]]:
    """Return where each of the `plain_words` of *text* starts and ends."""
    return list(map(re.Match.span, _plain(text).finditer(text)))


def plain_starts(text: str) -> list[int]:
    """Return where each of the `plain_words` of *text* starts."""
    return list(map(re.Match.start, _plain(text).finditer(text)))


def _plain(text: str) -> re.Pattern[str]:
    """Return what finds plain words in *text*; most texts have no words of one character, and need less."""
    return _PLAIN if _STANDS_ALONE.search(text) else _SPACED


def without_comments(text: str) -> str:
    r"""Blank out the HTML comments of *text*; everything else stays where it is, line ends too.

    >>> without_comments("a <!-- b\n--> c")
    'a       \n    c'
    """
    closed = text.rfind("-->") + 3  # behind it no comment can end, so that none is looked for in vain
    if closed < len("<!---->"):
        return text
    return _COMMENT.sub(lambda found: _NOT_A_LINE_END.sub(" ", found[0]), text[:closed]) + text[closed:]
