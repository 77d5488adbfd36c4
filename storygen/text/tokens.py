"""How many tokens a text has, counted offline."""

from __future__ import annotations

import lzma
import re
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiktoken import Encoding

PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
LONGEST_RUN = 1_000
"""Characters without a change between blank and not blank, after which a text is counted in pieces."""

_LONG_RUN = re.compile(rf"(?<!\s)\s{{{LONGEST_RUN + 1},}}+|(?<!\S)\S{{{LONGEST_RUN + 1},}}+")


def count_tokens(text: str) -> int:
    """Count the tokens of *text* in the cl100k encoding; what looks like a special token is plain text.

    >>> count_tokens("The lamp is out."), count_tokens("<|endoftext|>")
    (5, 7)
    """
    encode = _encoding().encode_ordinary
    return sum(len(encode(piece)) for piece in _pieces(text))


def _pieces(text: str) -> list[str]:
    """Return *text* whole, or cut inside its overlong runs: merging takes the square of a run's length."""
    cuts = [
        cut
        for run in _LONG_RUN.finditer(text)
        for cut in range(run.start() + LONGEST_RUN, run.end(), LONGEST_RUN)
    ]
    return [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]


@cache
def _encoding() -> Encoding:
    """Build the encoding from the packaged ranks; tiktoken's own way of getting them is a download."""
    from tiktoken import Encoding  # noqa: PLC0415 - a heavy import, paid by whoever counts

    return Encoding("cl100k", pat_str=PATTERN, mergeable_ranks=_ranks(), special_tokens={})


def _ranks() -> dict[bytes, int]:
    """Unpack the ranks: byte strings in order, each behind one byte that says how long it is."""
    packed = lzma.decompress((files(__package__) / "cl100k.xz").read_bytes())
    ranks: dict[bytes, int] = {}
    start = 0
    while start < len(packed):
        end = start + 1 + packed[start]
        ranks[packed[start + 1 : end]] = len(ranks)
        start = end
    return ranks
