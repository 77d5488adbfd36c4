"""A Messages server that streams to many at once, at a steady pace: `python -m benchmarks.streams.server`.

It prints its port, and at its end how many streams it had open at the most and how long it held that many.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    b"connection: close\r\nrequest-id: req_streams\r\n\r\n"
)
_WORDS = ("rain", "lamp", "rope", "harbour", "window", "clock", "letter", "stair", "engine", "bread", "paper")


def piece(stream: int, number: int) -> str:
    """Return what event *number* of *stream* says: about twelve characters, and never the same twice."""
    word = _WORDS[(stream * 7 + number) % len(_WORDS)]
    end = ".\n\n" if number % 40 == 39 else ". " if number % 8 == 7 else " "
    return f"{word} {stream} {number}{end}"


def text_of(stream: int, events: int) -> str:
    """Return all that *stream* says in so many *events*."""
    return "".join(piece(stream, number) for number in range(events)) + "The end."


@dataclass(slots=True)
class Server:
    """Holds every stream open until `wanted` of them have been open together for `seconds`."""

    wanted: int
    seconds: float
    pace: float
    open_: int = 0
    most: int = 0
    full_since: float = 0.0
    done: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    sent: dict[str, int] = field(default_factory=dict)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, event after event."""
        body = await _body(reader)
        title = body.rpartition(b"Title: Page ")[2].partition(b"\\n")[0].decode()
        self._begin()
        writer.write(HEAD)
        writer.write(_event("message_start", message=_message()))
        writer.write(_event("content_block_start", index=0, content_block={"type": "text", "text": ""}))
        sent = await self._stream(writer, int(title))
        self.sent[title] = sent
        writer.write(_delta("The end.") + _event("content_block_stop", index=0))
        writer.write(
            _event(
                "message_delta",
                delta={"stop_reason": "end_turn", "stop_sequence": None},
                usage={"output_tokens": sent},
            )
        )
        writer.write(_event("message_stop") + b"0\r\n\r\n")
        await writer.drain()
        writer.close()
        self.open_ -= 1
        if len(self.sent) == self.wanted:
            self.over.set()

    async def _stream(self, writer: asyncio.StreamWriter, stream: int) -> int:
        """Send an event each `pace` seconds until it is time to end; return how many those were."""
        began, number = time.monotonic(), 0
        while not self.done.is_set():
            writer.write(_delta(piece(stream, number)))
            number += 1
            await writer.drain()
            await asyncio.sleep(max(0.0, began + number * self.pace - time.monotonic()))
        return number

    def _begin(self) -> None:
        self.open_ += 1
        self.most = max(self.most, self.open_)
        if self.open_ == self.wanted:
            self.full_since = time.monotonic()
            asyncio.get_running_loop().call_later(self.seconds, self.done.set)


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.partition(b":")[2]))


def _message() -> dict[str, object]:
    usage = {"input_tokens": 500, "output_tokens": 1}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "usage": usage,
    }


def _delta(text: str) -> bytes:
    return _event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def _event(name: str, **fields: object) -> bytes:
    event = f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(event), event)


async def main(wanted: int, seconds: float, pace: float) -> None:
    """Serve until every stream has ended, then say what was sent."""
    server = Server(wanted, seconds, pace)
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0, backlog=1024)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await server.over.wait()
    print(json.dumps({"most": server.most, "sent": server.sent}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
