"""Opening an outline: only regular files, only UTF-8, never more than can be an outline."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from storygen.draft import Finding
from storygen.outline.paths import LARGEST
from storygen.outline.sheet import Sheet, Spot

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BYTE_ORDER_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)
_AWAY = "a link that leads out of its folder"
_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.ENOTDIR: "there is no such file",
    errno.EACCES: "it may not be read",
    errno.EPERM: "it may not be read",
    errno.EISDIR: "it is a folder",
    errno.ENXIO: "it is no regular file",
    errno.ELOOP: "its link leads in a circle",
    errno.ENAMETOOLONG: "its name is too long",
}


def opened(path: Path) -> tuple[Sheet | None, list[Finding]]:
    """Return the text of the file *path*, its line ends made equal; None, and why, where there is none."""
    nowhere = Sheet(str(path), "").whole
    try:
        raw, what = _read(path)
    except (OSError, ValueError) as error:
        reason = _REASONS.get(getattr(error, "errno", None) or 0, str(error))
        return None, [nowhere.error("outline/file", f"{path} cannot be read: {reason}", tip=_like(path))]
    if what:
        tip = {
            "a folder": f"name the outline in it: {path / 'outline.yaml'}",
            _AWAY: "name the file that it leads to, and the book with --book DIR",
        }.get(what, "name a regular file")
        return None, [nowhere.error("outline/file", f"{path} is {what}", tip=tip)]
    if len(raw) > LARGEST:
        message = f"{path.name} is larger than {LARGEST // 2**20} MiB, and no outline is"
        return None, [nowhere.error("outline/too-large", message, tip="split it into several outlines")]
    return _decoded(path, raw)


def _read(path: Path) -> tuple[bytes, str]:
    """Return the bytes of *path*, or what it is if it is no regular file. Never waits for a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    what = _kind(path.stat().st_mode) or (_AWAY if _leads_away(path) else "")
    if what:
        return b"", what
    with os.fdopen(os.open(path, flags), "rb") as file:
        what = _kind(os.fstat(file.fileno()).st_mode)
        return (b"", what) if what else (file.read(LARGEST + 1), "")


def _leads_away(path: Path) -> bool:
    """Say whether *path* is a link to another folder: a stranger's could lead to what is only the user's."""
    return path.is_symlink() and not path.resolve(strict=True).is_relative_to(path.parent.resolve())


def _kind(mode: int) -> str:
    """Say what a file is if it is no regular one."""
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "")


def _like(path: Path) -> str:
    """Name an outline that is there instead."""
    folder = path.parent
    names = ("outline.yaml", "outline.md", f"{path.stem}.yaml", f"{path.stem}.yml", f"{path.stem}.md")
    there = next((name for name in names if name != path.name and (folder / name).is_file()), None)
    return f"did you mean {folder / there}?" if there else "`storygen init DIR` makes a small project"


def _decoded(path: Path, raw: bytes) -> tuple[Sheet | None, list[Finding]]:
    nowhere = Sheet(str(path), "").whole
    tip = "save it as UTF-8"
    if mark := _BYTE_ORDER_MARKS.get(raw[:2]):
        return None, [
            nowhere.error("outline/encoding", f"{path.name} is {mark}, and only UTF-8 is read", tip=tip)
        ]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(path, raw, error)]
    sheet = Sheet(str(path), text.replace("\r\n", "\n").replace("\r", "\n"))
    control = _CONTROLS.search(sheet.text)
    if control is None:
        return sheet, []
    if control[0] == "\0" and sheet.text.count("\0") > len(sheet.text) // 4:
        return None, [
            nowhere.error(
                "outline/encoding", f"{path.name} looks like UTF-16, and only UTF-8 is read", tip=tip
            )
        ]
    return _without_controls(sheet, control.start())


def _not_utf8(path: Path, raw: bytes, error: UnicodeDecodeError) -> Finding:
    """Say which byte is wrong, and show its line as Latin-1 would read it."""
    before = raw[: error.start].decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    text = raw.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    place = Spot(Sheet(str(path), text), line, column)
    message = f"{path.name} is not UTF-8: the byte {raw[error.start]:#04x} is part of another encoding"
    return place.error(
        "outline/encoding", message, tip="save it as UTF-8 (it may be Latin-1 or Windows-1252 now)"
    )


def _without_controls(sheet: Sheet, at: int) -> tuple[Sheet | None, list[Finding]]:
    """Refuse a NUL; read other control characters as blanks, with a warning."""
    place = sheet.spot(at, at + 1)
    name = f"U+{ord(sheet.text[at]):04X}"
    if "\0" in sheet.text:
        nul = sheet.text.index("\0")
        return None, [
            sheet.spot(nul, nul + 1).error(
                "outline/encoding",
                "there is a NUL character in this line",
                tip="no text has one: save it again as text",
            )
        ]
    warning = place.warning(
        "outline/unseen-characters", f"this line holds a control character ({name}); it is read as a blank"
    )
    return Sheet(sheet.path, _CONTROLS.sub(" ", sheet.text)), [warning]
