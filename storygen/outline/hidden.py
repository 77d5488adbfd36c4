"""What a text hides from the eye: characters that are not seen, and the refusal test."""

from __future__ import annotations

import re
from dataclasses import replace

from storygen.draft import Finding
from storygen.outline.scraps import Scalar

REFUSAL_TEST = "ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL"
"""How the string begins that makes models refuse, published for tests."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff]")


def cleaned(text: Scalar) -> tuple[Scalar, list[Finding]]:
    """Return *text* without control characters, and what has to be said about it."""
    found = []
    if REFUSAL_TEST in text.text:
        found.append(_refusal(text))
    plain = _CONTROLS.sub("", text.text).strip()
    if plain == text.text:
        return text, found
    return replace(text, text=plain), [*found, _unseen(text)]


def titled(text: Scalar, *, longest: int) -> tuple[str, list[Finding]]:
    """Return *text* as a title: one line, nothing unseen, no longer than *longest*; and what to say of it."""
    seen = _UNSEEN.sub("", text.text.replace("\n", " ")).strip()
    found = [_refusal(text)] if REFUSAL_TEST in text.text else []
    if seen != text.text.replace("\n", " ").strip():
        found.append(_unseen(text))
    if not seen:
        found.append(
            text.spot.error("outline/missing-title", "this title is empty", tip="write what it is called")
        )
    if len(seen) > longest:
        found.append(
            text.spot.warning(
                "outline/long-title",
                f"this title has {len(seen):,} characters; {longest} are kept",
                tip="move the rest to `summary`",
            )
        )
        seen = f"{seen[: longest - 1].rstrip()}…"
    return seen, found


def refusal_line(text: str) -> int | None:
    """Return the line, from 1, on which *text* holds the refusal test; None where it does not."""
    at = text.find(REFUSAL_TEST)
    return None if at < 0 else text.count("\n", 0, at) + 1


def _refusal(text: Scalar) -> Finding:
    sheet = text.spot.sheet
    numbers = range(text.spot.line, len(sheet.lines) + 1)
    number = next((n for n in numbers if REFUSAL_TEST in sheet.line(n)), text.spot.line)
    column = sheet.line(number).find(REFUSAL_TEST) + 1
    place = replace(text.spot, line=number, column=max(column, 1), width=len(REFUSAL_TEST))
    return place.error(
        "outline/refusal-test",
        "this is the string that makes models refuse, published for tests",
        tip="take it out: every request that holds it is refused",
    )


def _unseen(text: Scalar) -> Finding:
    return text.spot.warning(
        "outline/unseen-characters",
        "this text holds characters that cannot be seen; they are left out",
        tip="type it again instead of pasting it",
    )
