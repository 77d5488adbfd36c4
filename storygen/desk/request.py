"""The request for a book, as somebody wrote it: from a paragraph to many pages."""

from __future__ import annotations

import re
from pathlib import Path

from storygen.errors import UsageError
from storygen.outline.hidden import REFUSAL_TEST, refusal_line
from storygen.outline.tree import Kind

LARGEST = 1 << 20
"""Bytes; a request of so many fills the window of most models."""

_DOCS = re.compile(
    r"\b(?:handbook|manual|documentation|docs|guide|tutorial|reference|runbook|how-to|api|install|pages|users"
    r"|handbuch|anleitung|dokumentation|guía|documentación)\b",
    re.IGNORECASE,
)
_FICTION = re.compile(
    r"\b(?:novel|novella|story|tale|fiction|scenes?|chapters?|protagonist|narrator|characters?|plot"
    r"|roman|novelle|erzählung|geschichte|nouvelle|récit|novela|cuento|relato)\b",
    re.IGNORECASE,
)
"""Words that requests for a book of either kind have more of."""


def read_request(raw: bytes, name: str) -> str:
    """Return the text of a request, *name* in sentences. Raises UsageError where it is none."""
    if len(raw) > LARGEST:
        raise UsageError(
            f"{name} is larger than {LARGEST >> 20} MiB, and no model reads so much at once",
            "leave out what the book is not to be planned from",
        )
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8", "save it as UTF-8 text") from error
    if "\0" in text:
        raise UsageError(f"{name} is no text: it holds NUL bytes", "save it as UTF-8 text")
    if not text.strip():
        raise UsageError(f"{name} is empty", "say what the book is to be: a paragraph will do")
    if line := refusal_line(text):
        raise UsageError(f"{name}:{line} holds the refusal test string {REFUSAL_TEST}…", "take it out")
    return text


def read_request_file(path: Path) -> str:
    """Return the request in the file *path*. Raises UsageError where there is none."""
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise UsageError(f"{path} {what}", "name a text file that says what the book is to be")
        with path.open("rb") as file:
            return read_request(file.read(LARGEST + 1), str(path))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror or error}", "name a readable file"
        ) from error


def kind_of(text: str) -> Kind:
    """Return what kind of book a request sounds like; a story where nothing speaks against it.

    >>> kind_of("A handbook for the people on call."), kind_of("Two sisters inherit a ferry.")
    (<Kind.DOCS: 'docs'>, <Kind.FICTION: 'fiction'>)
    """
    return Kind.DOCS if len(_DOCS.findall(text)) > len(_FICTION.findall(text)) else Kind.FICTION
