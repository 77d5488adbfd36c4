"""What documentation claims by name: code, commands, options, files and versions, each where it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate

from storygen.review.layers import shown_of, unmarked
from storygen.text.markdown import Block, BlockKind, blocks, lines

_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?!`)(?P<code>(?:[^\n]|\n(?![ \t]*\n))+?)(?<!`)(?P=ticks)(?!`)")
_PROMPT = re.compile(r"[ \t>]*(?:\$|PS>)[ \t]+")
_MARGIN = re.compile(r"[ \t>]*")
_REMARK = re.compile(r"(?:\A|\s)#.*")

_NAME = r"[\w.@+-]++"
_PLACEHOLDER = re.compile(r"[A-Z][A-Z-]*|<[^<>]*>|\{[^{}]*\}|\$\{?\w+\}?|[\d.,:]+")
_SAID = re.compile(r"'[^']*'|\"[^\"]*\"")
_AROUND = "()[]{}<>,;:|&\"'`…"


@dataclass(frozen=True, slots=True)
class _Known:
    """What names are told by: shells, the words that each of them has, the pattern of names in prose."""

    shells: frozenset[str]
    own: frozenset[str]
    loose: re.Pattern[str]


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
    for found in _known().loose.finditer(text):
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
    shell = block.info.partition(" ")[0].lower() in _known().shells
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
    words = words[1:] if words and words[0] in _known().own else words
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


@cache
def _known() -> _Known:
    raw = tomllib.loads((files(__package__) / "claims.toml").read_text("utf-8"))
    words = {name: "|".join(map(re.escape, raw[name].split())) for name in raw}
    return _Known(
        frozenset(raw["shells"].split()), frozenset(raw["own"].split()), re.compile(_loosely(words))
    )


def _loosely(words: Mapping[str, str]) -> str:
    """Return the pattern of the options, paths, files and versions that stand in prose."""
    unit = rf"[ \u00a0]?(?:{words['not_versions']})(?!\w)"
    product = rf"(?!(?:{words['not_products']})\b)(?:[A-Z][\w+#]*|version|release)"
    patterns = (
        r"(?<![\w-])--[A-Za-z][\w-]*",  # an option
        rf"(?<![\w.~/@:+-])(?:~|\.{{1,2}})?/(?:{_NAME}/)++(?:[\w.@+-]*\w)?",  # a path from somewhere
        rf"(?<![\w.~/@:+-])(?:{_NAME}/)++[\w.-]*\.[A-Za-z]\w{{0,4}}(?![\w-])",  # a path to a file
        rf"(?<![\w.~/@:+-])\w[\w.-]*\.(?:{words['endings']})(?![\w-])",  # a file
        r"(?<![\w.])v\d+(?:\.\d+)+(?![\w-])",  # v2.0
        r"(?<![\w.])\d+\.\d+\.\d+(?:[.-]?(?:a|b|rc|dev|alpha|beta)\.?\d*)?(?![\w-])",  # 1.4.2rc1
        r"(?<![\w.])\d+\.\d+(?=[ \u00a0](?:or|and)[ \u00a0](?:later|newer|higher|above|up)\b)",  # 2.1 or up
        rf"\b{product}[ \u00a0](?P<version>\d+\.\d+)(?![\w-]|\.\d|{unit})",  # Python 3.12
    )
    return "|".join(patterns)
