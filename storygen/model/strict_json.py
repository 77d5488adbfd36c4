"""Reads JSON from a stranger: whatever is wrong with it is one kind of error."""

from __future__ import annotations

import json
from typing import NoReturn


def read_json(text: str | bytes) -> object:
    """Return the value that *text* spells; raise ValueError for anything else.

    NaN and the infinities are refused, and so are numbers too long to read and nesting too deep to follow.

    >>> read_json('{"type": "ping"}')
    {'type': 'ping'}
    """
    try:
        value: object = _DECODER.decode(text if isinstance(text, str) else text.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)
