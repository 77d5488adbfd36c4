"""The block of metadata at the head of a manuscript, as Pandoc reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from storygen.outline.tree import Outline

_UNPRINTABLE = re.compile("[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def metadata(outline: Outline) -> str:
    """Return what *outline* says about the whole book, as a YAML block; fields that it leaves out are absent.

    Every value is quoted, since a title may look like anything and `no` is a language.

    >>> from pathlib import Path
    >>> print(metadata(Outline("Low: water", Path("outline.yaml"), author=("A. Reyes",), lang="no")))
    ---
    title: "Low: water"
    author:
      - "A. Reyes"
    lang: "no"
    ---
    """
    fields = {
        "title": outline.title,
        "subtitle": outline.subtitle,
        "author": outline.author,
        "lang": outline.lang,
        "date": outline.date,
        "rights": outline.rights,
        "cover-image": outline.cover_image,
    }
    return "\n".join(["---", *(_field(name, value) for name, value in fields.items() if value), "---"])


def _field(name: str, value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return f"{name}: {quoted(value)}"
    return "\n".join([f"{name}:", *(f"  - {quoted(one)}" for one in value)])


def quoted(value: str) -> str:
    """Return *value* as YAML's double-quoted scalar, which is JSON's but for what YAML cannot print."""
    quoted = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
