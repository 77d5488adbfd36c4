"""What documentation claims by name: code, commands, options, files and versions, each where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from storygen.review.layers import shown_of, unmarked
from storygen.text.markdown import Block, BlockKind, blocks, lines

_SHELLS = {
    *("sh", "bash", "zsh", "fish", "ksh", "shell", "console", "terminal", "shell-session"),
    *("powershell", "ps1", "bat", "cmd"),
}
"""The languages of fences whose lines are commands."""

_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?!`)(?P<code>(?:[^\n]|\n(?![ \t]*\n))+?)(?<!`)(?P=ticks)(?!`)")
_PROMPT = re.compile(r"[ \t>]*(?:\$|PS>)[ \t]+")
_MARGIN = re.compile(r"[ \t>]*")
_REMARK = re.compile(r"(?:\A|\s)#.*")

_NAME = r"[\w.@+-]++"
_FILE = r"(?:py|toml|ya?ml|json|md|rst|txt|cfg|ini|conf|sh|env|lock|log|csv|html|xml|sql)(?![\w-])"
_NO_PRODUCT = "(?:About|Around|Over|Under|Nearly|Almost|Only|At|In|From|To|By|For|With|The"
_NO_PRODUCT += "|Section|Chapter|Table|Figure|Step|Part|Page)"
_UNIT = r"[ \u00a0]?(?:%|[kKMGT]?i?B\b|m?s\b|seconds|minutes|hours|days|times|percent|million)"
_LOOSE = re.compile(
    r"(?<![\w-])--[A-Za-z][\w-]*"  # an option
    rf"|(?<![\w.~/@:+-])(?:~|\.{{1,2}})?/(?:{_NAME}/)++(?:[\w.@+-]*\w)?"  # a path from somewhere
    rf"|(?<![\w.~/@:+-])(?:{_NAME}/)++[\w.-]*\.[A-Za-z]\w{{0,4}}(?![\w-])"  # a path to a file
    rf"|(?<![\w.~/@:+-])\w[\w.-]*\.{_FILE}"  # a file
    r"|(?<![\w.])v\d+(?:\.\d+)+(?![\w-])"  # a version, as v2.0, 1.4.2 or Python 3.12
    r"|(?<![\w.])\d+\.\d+\.\d+(?:[.-]?(?:a|b|rc|dev|alpha|beta)\.?\d*)?(?![\w-])"
    r"|(?<![\w.])\d+\.\d+(?=[ \u00a0](?:or|and)[ \u00a0](?:later|newer|higher|above|up)\b)"
    rf"|\b(?!{_NO_PRODUCT}\b)(?:[A-Z][\w+#]*|version|release)[ \u00a0]"
    rf"(?P<version>\d+\.\d+)(?![\w-]|\.\d|{_UNIT})"
)
_PLACEHOLDER = re.compile(r"[A-Z][A-Z-]*|<[^<>]*>|\{[^{}]*\}|\$\{?\w+\}?|[\d.,:]+")
_SAID = re.compile(r"'[^']*'|\"[^\"]*\"")
_AROUND = "()[]{}<>,;:|&\"'`…"


@dataclass(frozen=True, slots=True)
class Claim:
    """Something called by its name: where it stands, how it is called, and the names that make it up."""

    start: int
    end: int
    whole: str
    parts: tuple[str, ...]


def claims(text: str) -> list[Claim]:
    r"""Return what *text* claims, in order: code spans, the lines of shells, and names anywhere else.

    What a reader chooses is no part of a claim: numbers, placeholders, what stands in quotation marks.

    >>> [(claim.whole, claim.parts) for claim in claims("Run `ferry move --to PORT` in ./docks/north.")]
    [('ferry move --to PORT', ('ferry', 'move', '--to')), ('docks/north', ('docks/north',))]
    """
    shown = shown_of(text)
    found = (*_spans(shown), *_loose(unmarked(shown), 0), *_coded(text))
    return sorted(found, key=lambda claim: claim.start)


def _spans(shown: str) -> Iterator[Claim]:
    for found in _SPAN.finditer(shown):
        yield from _claim(*found.span("code"), found["code"].replace("\\|", "|"))


def _loose(text: str, start: int) -> Iterator[Claim]:
    """Yield the options, files and versions in *text*, which begins at *start*."""
    for found in _LOOSE.finditer(text):
        first, behind = found.span("version" if found["version"] else 0)
        yield from _claim(start + first, start + behind, text[first:behind])


def _coded(text: str) -> Iterator[Claim]:
    """Yield what the fences and the indented code of *text* claim."""
    rows = lines(text)
    starts = list(accumulate(map(len, rows), initial=0))
    for block in blocks(text):
        if block.kind in {BlockKind.FENCE, BlockKind.CODE}:
            edge = block.kind is BlockKind.FENCE
            inside = range(block.first + edge, min(block.behind - (edge and not block.closing), len(rows)))
            yield from _code(block, [(starts[at], rows[at]) for at in inside])


def _code(block: Block, rows: list[tuple[int, str]]) -> Iterator[Claim]:
    """Yield what *rows*, each with its start, claim; where there is a prompt, commands stand behind it."""
    session = any(_PROMPT.match(row) for _, row in rows)
    shell = block.info.partition(" ")[0].lower() in _SHELLS
    for start, row in rows:
        prompt = _PROMPT.match(row) if session else shell and _MARGIN.match(row)
        if not prompt:
            yield from _loose(row, start)
            continue
        command = _REMARK.sub("", row[prompt.end() :]).rstrip(" \t\r\n\\")
        yield from _claim(start + prompt.end(), start + prompt.end() + len(command), command)


def _claim(start: int, end: int, code: str) -> Iterator[Claim]:
    """Yield the claim that *code* is, if it names anything."""
    whole = " ".join(code.split()).removeprefix("./")
    words = whole.split() if " " in whole else [whole]
    if len(words) > 1:
        words = [word for word in _SAID.sub(" ", whole).split() if not _PLACEHOLDER.fullmatch(word)]
    names = (name.strip(_AROUND).removeprefix("./") for word in words for name in _halves(word))
    parts = tuple(dict.fromkeys(name.rstrip("/.") for name in names if any(map(str.isalnum, name))))
    if parts:
        yield Claim(start, end, whole, parts)


def _halves(word: str) -> list[str]:
    """Return what stands on either side of the = in an option; its value is the reader's own if it is one.

    >>> _halves("--to=PORT"), _halves("DOCK=north"), _halves("a==b")
    (['--to'], ['DOCK', 'north'], ['a==b'])
    """
    name, sign, value = word.partition("=")
    if not sign or value.startswith("="):
        return [word]
    return [name] if not value or _PLACEHOLDER.fullmatch(value) else [name, value]
