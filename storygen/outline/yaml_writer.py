"""Names with their values become YAML that a person is glad to edit, and that the reader reads back."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from storygen.outline.mistakes import quoted

Value: TypeAlias = "str | int | bool | float | Sequence[Value] | Mapping[str, Value]"

WIDTH = 96
"""Where a long text goes on in the next line."""

_REMARK_COLUMN = 22
_LARGE = 4
_LINE_BY_LINE = {"beats"}
"""Lists that people read and move about line by line, however short they are."""

_BLANKS = "\u00a0\u00ad\u200c\u200d\u2009\u202f"
"""Blanks and joins that belong to words, although Python does not call them printable."""

_PLAIN = re.compile(r"[\w“‘«„…¿¡(](?:.*[^\s:])?")
_NOT_PLAIN = re.compile(r":\s|\s#|:$")
_NO_TEXT = re.compile(r"(?:null|true|false|yes|no|on|off)", re.IGNORECASE)
_FLOWING = re.compile(r"\w[\w .’&/-]*")


def yaml_text(pairs: Mapping[str, Value], *, remarks: Mapping[str, str]) -> str:
    """Return *pairs* as the lines of a YAML file; a name's remark stands behind it the first time.

    >>> print(yaml_text({"title": "A: B", "beats": ["Go."]}, remarks={"beats": "one line each"}))
    title: "A: B"
    <BLANKLINE>
    beats:                # one line each
      - Go.
    <BLANKLINE>
    """
    left = dict(remarks)
    groups = (
        ([""] if _nests(name, value) else [], _mapping({name: value}, left)) for name, value in pairs.items()
    )
    return "".join(f"{line}\n" for apart, lines in groups for line in (*apart, *lines))


def _mapping(pairs: Mapping[str, Value], remarks: dict[str, str]) -> Iterator[str]:
    for name, value in pairs.items():
        key = f"{_inline(name)}:"
        if not _nests(name, value):
            first, *rest = _text(value) if isinstance(value, str) else [_inline(value)]
            yield f"{key} {first}"
            yield from (f"  {line}".rstrip() for line in rest)
            continue
        remark = remarks.pop(name, "")
        yield f"{key:<{_REMARK_COLUMN - 1}} # {remark}" if remark else key
        yield from (f"  {line}".rstrip() for line in _lines(value, remarks))


def _lines(value: Value, remarks: dict[str, str]) -> Iterator[str]:
    match value:
        case Mapping():
            yield from _mapping(value, remarks)
        case str() | int() | float():
            yield _inline(value)
        case _:
            yield from _items(value, remarks)


def _items(values: Sequence[Value], remarks: dict[str, str]) -> Iterator[str]:
    """Yield a list; tables of some size are set apart from each other."""
    apart = any(isinstance(each, Mapping) and _is_large(each) for each in values)
    for number, value in enumerate(values):
        if apart and number:
            yield ""
        lines = _lines(value, remarks)
        yield f"- {next(lines)}"
        yield from (f"  {line}".rstrip() for line in lines)


def _is_large(table: Mapping[str, Value]) -> bool:
    return len(table) >= _LARGE or any(_nests(name, value) for name, value in table.items())


def _text(text: str) -> list[str]:
    """Return a text behind its name: on the same line, or folded or kept over several."""
    lines = text.split("\n")
    if not all(map(_seen, lines)) or text != text.strip():
        return [_inline(text)]
    if len(lines) > 1 and all(line == line.rstrip() for line in lines):
        return ["|", *lines]
    if len(lines) == 1 and len(text) > WIDTH and "  " not in text:
        return [">", *textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)]
    return [_inline(text)]


def _inline(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case float():
            return repr(value) if "e" not in repr(value) else f"{value:.20f}".rstrip("0")
        case str():
            return _scalar(value)
        case Mapping():
            return "{}"
        case _:
            return f"[{', '.join(map(_inline, value))}]"


def _nests(name: str, value: Value) -> bool:
    """Whether *value* takes lines of its own below its *name*."""
    if isinstance(value, str | int | float) or not value:
        return False
    return name in _LINE_BY_LINE or not _flows(value)


def _flows(value: Sequence[Value] | Mapping[str, Value]) -> bool:
    """Whether a list is so small and plain that it stands in brackets on one line."""
    if isinstance(value, Mapping):
        return False
    names = [each for each in value if isinstance(each, str) and _FLOWING.fullmatch(each)]
    return len(names) == len(value) and all(map(_is_plain, names)) and sum(map(len, names)) < WIDTH // 2


def _scalar(text: str) -> str:
    """Return *text* on one line, in quotes where it would be read as something else without them."""
    if _is_plain(text):
        return text
    if _seen(text) and text == text.strip():
        return quoted(text)
    return f'"{"".join(map(_escaped, text))}"'


def _is_plain(text: str) -> bool:
    return bool(
        _PLAIN.fullmatch(text)
        and not _NOT_PLAIN.search(text)
        and not _NO_TEXT.fullmatch(text)
        and _seen(text)
        and text == text.strip()
    )


def _seen(text: str) -> bool:
    """Whether every character of *text* can stand in a file as it is."""
    return all(char.isprintable() or char in _BLANKS for char in text)


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if _seen(char):
        return char
    return "\\n" if char == "\n" else f"\\U{ord(char):08X}"
