"""The codex: entries written in the outline, and files of entries beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from storygen.draft import Finding, Severity
from storygen.errors import FileError
from storygen.outline.cards import Card, Reader
from storygen.outline.fields import Where
from storygen.outline.markdown_page import Kind, read_page
from storygen.outline.paths import file_finding, is_glob, nothing_matched
from storygen.outline.scraps import Items, Pairs, Scalar, Scrap
from storygen.outline.sheet import Sheet, Spot
from storygen.outline.tree import Change, Entry, Include
from storygen.outline.yaml_composer import Fragment
from storygen.outline.yaml_reader import read_yaml

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Draught:
    """An entry before its changes know which sections they begin at."""

    entry: Entry
    spot: Spot
    changes: tuple[Card, ...] = ()


def read_codex(reader: Reader, scrap: Scrap | None) -> tuple[Draught, ...]:
    """Read every entry that the codex names; findings go to *reader*."""
    if scrap is None:
        return ()
    items = scrap.items if isinstance(scrap, Items) else (scrap,)
    return _one_each(reader, tuple(draught for item in items for draught in _item(reader, item)))


def finished(draught: Draught, starts: dict[str, str]) -> Entry:
    """Return the entry, its changes beginning at sections: *starts* leads from any id to the section's."""
    changes = (
        Change(starts[change.get("from").text], change.get("about"))
        for change in draught.changes
        if change.get("from").text in starts
    )
    return replace(draught.entry, changes=tuple(changes))


def _item(reader: Reader, scrap: Scrap) -> Iterator[Draught]:
    match scrap:
        case Pairs():
            yield from _entry(reader, reader.card(scrap, Where.ENTRY, "a codex entry"))
        case Scalar():
            yield from _files(reader, scrap)
        case Items():
            reader.found.append(
                replace(scrap.spot, width=1).error(
                    "outline/wrong-type", "a codex entry is no list", tip="- name: Anna Reyes"
                )
            )


def _entry(reader: Reader, card: Card, *, about: str = "", voice: str = "") -> Iterator[Draught]:
    if not card.get("name"):
        reader.found.append(
            replace(card.spot, width=1).error(
                "codex/no-name",
                "this codex entry has no name",
                tip="add `name: …`, or in a file begin with `# Anna Reyes`",
            )
        )
        return
    entry = Entry(
        name=card.get("name"),
        kind=card.get("kind", ""),
        aliases=tuple(alias.text for alias in card.get("aliases", ())),
        about="\n\n".join(filter(None, (card.get("about"), about))),
        voice=card.get("voice") or voice,
        include=Include(card.get("include", "auto")),
    )
    yield Draught(entry, card.at("name"), card.get("changes", ()))


def _files(reader: Reader, name: Scalar) -> Iterator[Draught]:
    """Read the entries in the file, or the files, called *name*."""
    try:
        names = reader.shelf.glob(name.text) if is_glob(name.text) else [name.text]
    except FileError as error:
        reader.found.append(file_finding(name, error))
        return
    if not names:
        reader.found.append(nothing_matched(name))
    for each in names:
        findings = reader.shelf.look(replace(name, text=each))
        if not Path(each).suffix:
            tip = f"an entry that stands here is written: - name: {each}"
            findings = [replace(finding, help=tip) for finding in findings]
        reader.found += findings
        if not findings:
            yield from _file(reader, each)


def _file(reader: Reader, name: str) -> Iterator[Draught]:
    text = reader.shelf.read(name).replace("\r\n", "\n").replace("\r", "\n")
    sheet = Sheet(str(reader.shelf.shown / name), text)
    if Path(name).suffix.lower() in {".yaml", ".yml", ".json"}:
        scrap, found = read_yaml(Fragment(sheet, text))
        reader.found += found
        for item in scrap.items if isinstance(scrap, Items) else [scrap]:
            if isinstance(item, Pairs):
                yield from _entry(reader, reader.card(item, Where.ENTRY, "a codex entry"))
        return
    yield from _markdown(reader, sheet)


def _markdown(reader: Reader, sheet: Sheet) -> Iterator[Draught]:
    """Read an entry file: front matter, `# Name`, what it is about, `## Voice`; `## Notes` is left out."""
    page = read_page(sheet)
    reader.found += [finding for finding in page.found if finding.severity is Severity.ERROR]
    headings = [block for block in page.blocks if block.kind is Kind.HEADING]
    title = next((block for block in headings if block.level == 1), None)
    pairs = page.front.pairs
    if title and not any(key.text == "name" for key, _ in pairs):
        pairs = (*pairs, (Scalar("name", title.text.spot), title.text))
    known = len(reader.found)
    card = reader.card(Pairs(pairs, Spot(sheet, 1, 1)), Where.ENTRY, "a codex entry")
    reader.found[known:] = _own_properties_allowed(reader.found[known:])
    about, voice = _told(sheet, [(block.first, block.level, block.text.text) for block in headings])
    yield from _entry(reader, card, about=about, voice=voice)


def _own_properties_allowed(found: list[Finding]) -> list[Finding]:
    """Other programs keep properties of their own in front matter: only near misses are worth a word."""
    kept = [finding for finding in found if finding.rule != "outline/unknown-field"]
    near = [finding for finding in found if finding.rule == "outline/unknown-field" and finding.under]
    return kept + [replace(finding, severity=Severity.WARNING) for finding in near]


def _told(sheet: Sheet, headings: list[tuple[int, int, str]]) -> tuple[str, str]:
    """Return what the file says of its entry, and how it speaks."""
    told: dict[str, list[str]] = {"about": [], "voice": [], "notes": []}
    into, depth = "about", 0
    begins = {line: (level, text) for line, level, text in headings}
    start = _after_front(sheet)
    for number, line in enumerate(sheet.lines[start:], start + 1):
        level, text = begins.get(number, (0, ""))
        if level and (into == "about" or level <= depth):
            into, depth = _chapter(text), level
        if not level or (into == "about" and level > 1):
            told[into].append(line)
    about, voice = (_COMMENT.sub("", "\n".join(told[name])).strip() for name in ("about", "voice"))
    return about, voice


def _chapter(heading: str) -> str:
    word = heading.casefold().strip(": ")
    return word if word in {"voice", "notes"} else "about"


def _after_front(sheet: Sheet) -> int:
    if sheet.line(1).rstrip() != "---":
        return 0
    return next((n for n, line in enumerate(sheet.lines[1:], 2) if line.rstrip() in {"---", "..."}), 0)


def _one_each(reader: Reader, draughts: tuple[Draught, ...]) -> tuple[Draught, ...]:
    """Keep one entry of each name, the last: what an outline says itself stands behind its files."""
    kept: dict[str, Draught] = {}
    for draught in draughts:
        name = draught.entry.name.casefold()
        if name in kept:
            reader.found.append(_again(draught, kept[name].spot))
        kept[name] = draught
    return tuple(kept.values())


def _again(draught: Draught, first: Spot) -> Finding:
    where = f"line {first.line}" if first.sheet is draught.spot.sheet else f"{first.sheet.path}:{first.line}"
    return draught.spot.warning(
        "codex/duplicate-name",
        f"`{draught.entry.name}` is in the codex twice",
        under=f"used instead of {where}",
        tip="put both into one entry",
    )
