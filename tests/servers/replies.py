"""A reply as the Messages API streams it, event by event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from storygen.rehearsal.events import event

__all__ = ["beginning", "ending", "event", "pieces_of", "said", "sliced", "stream"]

_PIECE = re.compile(r"\s*\w{1,6}|\s*[^\w\s]|\s+")


def stream(text: str, stop: str, *, model: str) -> Iterator[bytes]:
    """Yield a whole reply as the API streams it, event by event."""
    yield from beginning(text, model=model)
    yield from ending(text, stop)


def beginning(text: str, *, model: str) -> Iterator[bytes]:
    """Yield the start of a reply, up to its last piece of text."""
    message = {"id": "msg_scripted", "type": "message", "role": "assistant", "model": model, "content": []}
    begun = {"stop_reason": None, "usage": {"input_tokens": 10, "output_tokens": 1}}
    yield event("message_start", message=message | begun)
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    yield event("ping")
    for piece in pieces_of(text):
        yield said(piece)


def said(piece: str) -> bytes:
    """Return the event that brings *piece* of the text."""
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})


def ending(text: str, stop: str) -> Iterator[bytes]:
    """Yield the end of a reply that brought *text*."""
    yield event("content_block_stop", index=0)
    written = {"output_tokens": len(pieces_of(text))}
    yield event("message_delta", delta={"stop_reason": stop, "stop_sequence": None}, usage=written)
    yield event("message_stop")


def sliced(events: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Cut the bytes of *events* into pieces of *size*, or leave them whole if it is 0."""
    if not size:
        yield from events
        return
    whole = b"".join(events)
    yield from (whole[start : start + size] for start in range(0, len(whole), size))


def pieces_of(text: str) -> list[str]:
    """Return *text* in this server's tokens: up to six letters, or one sign, with the white space before."""
    return _PIECE.findall(text)
