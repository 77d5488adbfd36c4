# ruff: noqa: INP001 - a script that stands alone
"""Packs the published cl100k ranks into the small file that storygen counts tokens with.

    python .ci/pack_ranks.py cl100k_base.tiktoken storygen/text/cl100k.xz

The first file is the one that tiktoken downloads for `cl100k_base`; it is refused unless its SHA-256 is
the one that tiktoken itself pins. The second holds the byte strings in the order of their ranks, each
behind one byte that says how long it is, compressed with xz.
"""

from __future__ import annotations

import base64
import hashlib
import lzma
import sys
from pathlib import Path

PINNED = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"


def pack(raw: bytes) -> bytes:
    """Return the packed form of *raw*, which has one base64 string and its rank on each line."""
    ranked = [line.split() for line in raw.splitlines() if line]
    if [int(rank) for _, rank in ranked] != list(range(len(ranked))):
        raise SystemExit("the ranks do not count from zero without a gap")
    pieces = [base64.b64decode(piece) for piece, _ in ranked]
    return lzma.compress(
        b"".join(bytes([len(piece)]) + piece for piece in pieces), preset=9 | lzma.PRESET_EXTREME
    )


def main(source: Path, target: Path) -> None:
    """Check *source* against its pinned hash and write *target*."""
    raw = source.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != PINNED:
        raise SystemExit(f"{source} is not the file that tiktoken pins: its SHA-256 is {found}")
    target.write_bytes(pack(raw))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
