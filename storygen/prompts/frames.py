"""Values through a pipe: each is JSON behind its length."""

from __future__ import annotations

import json
from typing import IO, Any

LARGEST = 64 << 20
"""Bytes of one frame, in either direction; what needs more is no prompt."""

_HEAD = 4


def write_frame(pipe: IO[bytes], value: object) -> None:
    r"""Write *value* to *pipe* as one frame.

    >>> from io import BytesIO
    >>> pipe = BytesIO()
    >>> write_frame(pipe, {"text": "é"})
    >>> pipe.getvalue()
    b'\x00\x00\x00\x12{"text": "\\u00e9"}'
    """
    body = json.dumps(value).encode()
    pipe.write(len(body).to_bytes(_HEAD, "big") + body)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> Any:  # noqa: ANN401 - whatever was written
    """Return the next value of *pipe*. Raises EOFError where it has ended, ValueError for no frame."""
    length = int.from_bytes(_read(pipe, _HEAD), "big")
    if length > LARGEST:
        raise ValueError(f"a frame of {length:,} bytes")
    return json.loads(_read(pipe, length))


def _read(pipe: IO[bytes], length: int) -> bytes:
    found = pipe.read(length)
    if len(found) < length:
        raise EOFError
    return found
