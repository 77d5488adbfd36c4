"""Where texts are cut off: what had arrived of each when its stream ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from storygen.manuscript.seam import anchor, boundary
from storygen.text import tokens

HERE = Path(__file__).parent
LEAST = 24
"""So many characters arrive before any cut and are missing behind it."""

_HEADING = re.compile(r"^#{1,6}[ \t]+([^\n{]+?)[ \t]*(?:\{[^}\n]*\})?\r?$", re.MULTILINE)
_TARGETS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"\]\([^)\n]+\)",  # where a link leads
        r"^[ >]*(?:`{3,}|~{3,})[^\n]*$",  # a fence's first or last line
        r"^\|[^\n]*\|\n",  # a table row, to behind its last bar
        r"^[ \t>]*(?:[-*+]|[0-9]+[.)])[ \t]+",  # a list marker
        r"^#{1,6} [^\n]*\n",  # a heading
        r"[.?!…][\"”’»'」]\s",  # between a full stop and its quote
        r"[0-9]+[.,:][0-9]+",  # a number
        r"\*\*[^*\n]+\*\*",  # strong words
        r"\S[ \t]*\n\n\S",  # between two paragraphs
        r"[\U0001f1e6-\U0001f3ff][\u200d\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]+",  # emoji
        r"[^\W\d_][\u0300-\u036f]+",  # a letter and its marks
        r"<!--.*?-->|\$\$?[^$\n]+\$\$?|`[^`\n]+`",  # a comment, a formula, code
    )
)


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the corpus; its file's name begins with its family."""

    name: str
    text: str

    @property
    def family(self) -> str:
        """What sort of text it is."""
        return self.name.partition("-")[0]

    def titles(self, before: int) -> list[str]:
        """Return the titles that stand in front of the character *before*."""
        return [found[1] for found in _HEADING.finditer(self.text, 0, before)]


@dataclass(frozen=True)
class Cut:
    """A text, what had arrived of it, and what of that is kept, with the white space in front of the cut."""

    source: Text
    arrived: str
    kept: str

    @cached_property
    def old(self) -> str:
        """What is kept, without the white space at its end."""
        return self.kept.rstrip()

    @cached_property
    def rest(self) -> str:
        """What a perfect reply says, white space first."""
        return self.source.text[len(self.old) :]

    @cached_property
    def anchor(self) -> str:
        """What a reply is asked to begin with."""
        return anchor(self.kept)

    @cached_property
    def title(self) -> str:
        """What the text is called, if that stands above the cut."""
        return next(iter(self.source.titles(len(self.old))), "")

    @property
    def white_known(self) -> bool:
        """Whether the white space that was kept is all that belongs at the joint."""
        own = self.rest[: len(self.rest) - len(self.rest.lstrip())]
        return self.kept[len(self.old) :] == own


def cut(source: Text, arrived: str, *, prefill: bool) -> Cut:
    """Cut what had *arrived* of *source* back to where a model can take it up."""
    return Cut(source, arrived, boundary(arrived, prefill=prefill))


def read_texts(folder: Path) -> list[Text]:
    """Read the corpus in *folder*, byte for byte."""
    return [Text(path.stem, path.read_bytes().decode()) for path in sorted(folder.glob("*.md"))]


def cut_points(source: Text, *, count: int, seed: int) -> list[str]:
    """Return what of *source* had arrived at *count* places: ends of tokens, bytes, and where it hurts."""
    random = Random(f"{seed} {source.name}")
    data = source.text.encode()
    targets = _targets(source.text, random)
    places = random.sample(targets, min(len(targets), count // 3))
    ends = _token_ends(source.text)
    places += random.sample(ends, min(len(ends), count // 3))
    places += random.choices(range(1, len(data)), k=count - len(places))
    arrived = (data[:place].decode(errors="ignore") for place in places)
    return [text for text in arrived if LEAST <= len(text) <= len(source.text) - LEAST]


def echo_cuts(source: Text) -> list[Cut]:
    """Return the cuts of *source* in front of words that it says once more."""
    words = list(re.finditer(r"\S+", source.text))
    found = []
    for number, word in enumerate(words):
        for width in range(1, min(12, number, len(words) - number) + 1):
            before = [each[0] for each in words[number - width : number]]
            if before == [each[0] for each in words[number : number + width]]:
                found.append(source.text[: word.start()])
                break
    cuts = [cut(source, arrived, prefill=True) for arrived in found]
    return [made for made in cuts if made.old == made.arrived.rstrip()]


def _targets(text: str, random: Random) -> list[int]:
    """Return a place in bytes inside each thing that is bad to be cut in."""
    places = (
        random.randint(found.start() + 1, found.end())
        for target in _TARGETS
        for found in target.finditer(text)
    )
    return [len(text[:place].encode()) for place in places]


def _token_ends(text: str) -> list[int]:
    """Return where the tokens of *text* end, in bytes."""
    encoding = tokens._encoding()  # noqa: SLF001 - nobody else asks where tokens end
    ends = [0]
    for token in encoding.encode_ordinary(text):
        ends.append(ends[-1] + len(encoding.decode_single_token_bytes(token)))
    return ends[1:-1]
