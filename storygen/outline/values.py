"""Scraps become values: every field is read with the type that the table says it wants."""

from __future__ import annotations

import re
from dataclasses import replace

from storygen.draft import Finding
from storygen.outline import hidden
from storygen.outline.cards import Card, Read, Reader
from storygen.outline.fields import Field, Want, Where
from storygen.outline.paths import Shelf, source_ref
from storygen.outline.scraps import Items, Pairs, Scalar, Scrap
from storygen.outline.tree import SourceRef
from storygen.text.languages import code_of
from storygen.text.nearest import nearest

LONGEST_TITLE = 200

_NUMBER = re.compile(r"[0-9]{1,3}(?:[,_' \u00a0\u202f][0-9]{3})+|[0-9]+")
_RANGE = re.compile(rf"({_NUMBER.pattern})(?:\s*(?:-|–|—|\.\.|to)\s*({_NUMBER.pattern}))?(?:\s*words?)?")
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_ID = re.compile(r"\w[\w-]{0,79}")


def reader_of(shelf: Shelf, found: list[Finding]) -> Reader:
    """Return a reader of outlines whose files lie on *shelf*; it adds to what was *found* before."""
    return Reader(shelf, _READ, found)


def _at_commas(text: str) -> list[str]:
    return [part for part in (part.strip() for part in text.split(",")) if part]


def _at_lines(text: str) -> list[str]:
    return [part for part in (part.strip().removeprefix("- ").strip() for part in text.split("\n")) if part]


def _read_text(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> str | None:
    text = reader.text(scrap, known, key)
    return None if text is None else text.text


def _read_lang(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> str | None:
    text = reader.text(scrap, known, key)
    if text is not None and not _TAG.fullmatch(text.text):
        under = f"did you mean `{code}`?" if (code := code_of(text.text)) else ""
        message, tip = f"`{text.text}` is no language code", "a code is en, en-GB, de or es-MX"
        reader.found.append(text.spot.warning("outline/lang", message, under=under, tip=tip))
    return None if text is None else text.text


def _read_title(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> str | None:
    text = reader.scalar(scrap, known, key)
    if text is None:
        return None
    title, remarks = hidden.titled(text, longest=LONGEST_TITLE)
    reader.found += remarks
    return title or None


def _read_name(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> Scalar | None:
    return reader.text(scrap, known, key)


def _read_names(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> tuple[Scalar, ...]:
    return tuple(reader.texts(scrap, known, key, cut=_at_commas))


def _read_lines(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> tuple[str, ...]:
    return tuple(text.text for text in reader.texts(scrap, known, key, cut=_at_lines))


def _read_id(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> Scalar | None:
    text = reader.text(scrap, known, key)
    if text is None or _ID.fullmatch(text.text):
        return text
    reader.found.append(
        text.spot.error(
            "outline/bad-id",
            f"`{text.text}` cannot be an id",
            tip="an id has letters, digits, - and _, as the-storm",
        )
    )
    return None


def _read_file(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> str | None:
    text = reader.text(scrap, known, key)
    if text is None:
        return None
    reader.found += reader.shelf.look(text)
    return text.text


def _read_picture(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> str | None:
    text = reader.text(scrap, known, key)
    if text is None:
        return None
    reader.found += reader.shelf.see(text)
    return text.text


def _read_files(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> tuple[str, ...]:
    texts = reader.texts(scrap, known, key, cut=_at_commas)
    for text in texts:
        reader.found += reader.shelf.sample(text)
    return tuple(text.text for text in texts)


def _read_words(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> tuple[int, int] | None:
    text = reader.text(scrap, known, key)
    if text is None:
        return None
    found = _RANGE.fullmatch(text.text)
    numbers = [re.sub(r"[^0-9]", "", part) for part in found.groups() if part] if found else []
    if not numbers or any(len(number) > len(str(int(known.high))) for number in numbers):
        reader.found.append(_off_limits(text, known, "a number of words or a range, as 900 or 800-1000"))
        return None
    low, high = int(numbers[0]), int(numbers[-1])
    if not known.low <= low <= high <= known.high:
        reader.found.append(
            _off_limits(text, known, "from the smaller to the larger, as 800-1000, at least 1")
        )
        return None
    return low, high


def _off_limits(text: Scalar, known: Field, wanted: str) -> Finding:
    shown = text.text if len(text.text) <= 40 else f"{text.text[:37]}…"  # noqa: PLR2004 - what fits a line
    return text.spot.error("outline/range", f"`{known.name}: {shown}` makes no sense", under=wanted)


def _read_count(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> int | None:
    text = reader.text(scrap, known, key)
    if text is None:
        return None
    digits = re.sub(r"[,_]", "", text.text)
    if digits.isascii() and digits.isdigit() and len(digits) <= 10 and known.low <= int(digits) <= known.high:  # noqa: PLR2004 - before int() sees it
        return int(digits)
    wanted = f"a whole number from {known.low:,.0f} to {known.high:,.0f}"
    reader.found.append(_off_limits(text, known, wanted))
    return None


def _read_number(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> float | None:
    text = reader.text(scrap, known, key)
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,4}(?:\.[0-9]{1,20})?|\.[0-9]{1,20}", text.text):
        number = float(text.text)
        if known.low <= number <= known.high:
            return number
    reader.found.append(_off_limits(text, known, f"a number from {known.low:g} to {known.high:g}"))
    return None


def _read_switch(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> bool | None:
    text = reader.text(scrap, known, key)
    if text is None:
        return None
    if text.text.casefold() not in _SWITCHES:
        reader.found.append(text.spot.error("outline/choice", f"`{known.name}` is true or false"))
    return _SWITCHES.get(text.text.casefold())


def _read_choice(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> str | None:
    text = reader.text(scrap, known, key)
    if text is None:
        return None
    word = text.text.casefold()
    if word in known.choices:
        return word
    meant = nearest(word, known.choices)
    reader.found.append(
        text.spot.error(
            "outline/choice",
            f"`{text.text}` is no {known.name}",
            under=f"did you mean `{meant}`?" if meant else "",
            tip=f"`{known.name}` is one of {', '.join(known.choices)}",
        )
    )
    return None


def _read_map(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> dict[str, str] | None:
    if not isinstance(scrap, Pairs):
        reader.found.append(
            replace(scrap.spot, width=1).error(
                "outline/wrong-type",
                f"`{key.text}` takes names with values",
                tip=f"{known.name}: {{goal: …}}",
            )
        )
        return None
    read = ((name.text, reader.text(value, known, name)) for name, value in scrap.pairs)
    return {name: value.text for name, value in read if value is not None}


def _read_style(reader: Reader, scrap: Scrap, _known: Field, _key: Scalar) -> Card | None:
    if isinstance(scrap, Pairs):
        return reader.card(scrap, Where.STYLE, "`style`")
    reader.found.append(
        replace(scrap.spot, width=1).error(
            "outline/wrong-type", "`style` takes names with values", tip="style: {person: first, tense: past}"
        )
    )
    return None


def _read_sources(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> tuple[SourceRef, ...]:
    items = scrap.items if isinstance(scrap, Items) else (scrap,)
    sources = (_source(reader, item, known, key) for item in items)
    return tuple(source for source in sources if source is not None)


def _source(reader: Reader, scrap: Scrap, known: Field, key: Scalar) -> SourceRef | None:
    if isinstance(scrap, Pairs):
        before = len(reader.found)
        card = reader.card(scrap, Where.SOURCE, "a source")
        if card.get("run"):
            if card.get("path"):
                both = "a source has a `path` or a `run`, not both"
                reader.found.append(card.at("path").error("outline/wrong-type", both, tip="make two of it"))
            return SourceRef(run=card.get("run"))
        if not card.get("path"):
            neither = "a source has neither a `path` nor a `run`"
            if len(reader.found) == before:
                reader.found.append(
                    scrap.spot.error("outline/wrong-type", neither, tip="as - path: README.md")
                )
            return None
        lines = f":{card.get('lines')}" if card.get("lines") else ""
        name = Scalar(card.get("path") + lines, card.at("path"))
    else:
        text = reader.text(scrap, known, key)
        if text is None:
            return None
        name = text
    reader.found += reader.shelf.source(name)
    return source_ref(name.text)


def _read_changes(reader: Reader, scrap: Scrap, _known: Field, _key: Scalar) -> tuple[Card, ...]:
    items = scrap.items if isinstance(scrap, Items) else (scrap,)
    cards = []
    for item in items:
        if isinstance(item, Pairs):
            cards.append(reader.card(item, Where.CHANGE, "a change"))
        else:
            reader.found.append(
                item.spot.error(
                    "outline/wrong-type",
                    "a change has `from` and `about`",
                    tip="- {from: the-storm, about: …}",
                )
            )
    return tuple(card for card in cards if _whole_change(reader, card))


def _whole_change(reader: Reader, card: Card) -> bool:
    missing = [name for name in ("from", "about") if name not in card.spots]
    if missing:
        reader.found.append(
            card.spot.error(
                "codex/change", f"this change has no `{missing[0]}`", tip="- {from: the-storm, about: …}"
            )
        )
    return all(name in card.values for name in ("from", "about"))


def _read_scrap(_reader: Reader, scrap: Scrap, _known: Field, _key: Scalar) -> Scrap:
    return scrap


def _read_private(_reader: Reader, _scrap: Scrap, _known: Field, _key: Scalar) -> None:
    return None


_READ: dict[Want, Read] = {
    Want.TEXT: _read_text,
    Want.LANG: _read_lang,
    Want.TITLE: _read_title,
    Want.NAME: _read_name,
    Want.NAMES: _read_names,
    Want.LINES: _read_lines,
    Want.ID: _read_id,
    Want.IDS: _read_names,
    Want.FILE: _read_file,
    Want.FILES: _read_files,
    Want.PICTURE: _read_picture,
    Want.WORDS: _read_words,
    Want.COUNT: _read_count,
    Want.NUMBER: _read_number,
    Want.SWITCH: _read_switch,
    Want.CHOICE: _read_choice,
    Want.MAP: _read_map,
    Want.STYLE: _read_style,
    Want.SOURCES: _read_sources,
    Want.CODEX: _read_scrap,
    Want.CHANGES: _read_changes,
    Want.FACTS: _read_scrap,
    Want.NODES: _read_scrap,
    Want.PRIVATE: _read_private,
}
