"""The server of a soak and its log, which only ever grows: the truth that a journal is held to."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from threading import Lock

from storygen.messages import Usage
from tests.servers.replies import beginning, ending, pieces_of, said
from tests.servers.scripted import Asked, Behaviour, Says, Script, Wire, continuing, meant, where_to_go_on
from tests.soak.stories import Story

TOKENS = 300
"""Tokens of one reply; a longer section takes several legs."""

_PIECES = 8
"""Tokens that one event brings."""

_INPUT = 10
"""Tokens that this server counts for every prompt."""


@dataclass(slots=True)
class Reply:
    """One request as the server saw it, and all that has left of its reply.

    `process` is the key that came with it, `start` where in the section's text the reply begins. `pieces` are
    its text with the moment just before each left, by the clock of this process; `stop` is empty until the
    stop reason has left.
    """

    number: int
    process: str
    section: str
    digest: str
    start: int = 0
    pieces: list[tuple[float, str]] = field(default_factory=list)
    stop: str = ""

    @property
    def id(self) -> str:
        """The request id in its headers."""
        return f"req_{self.number:05}"

    @property
    def usage(self) -> Usage:
        """What it is billed for: all that was written, whoever was there to read it."""
        return Usage(_INPUT, output_tokens=len(pieces_of(self.text())))

    def text(self, *, until: float = float("inf")) -> str:
        """Return the text that had left at the moment *until*."""
        return "".join(piece for at, piece in list(self.pieces) if at <= until)


@dataclass(slots=True)
class Scene:
    """How the server plays for one process: `pace` seconds between events, `act` in the middle of one.

    That is event number `at` of all that the process is sent; 0 is none.
    """

    pace: float = 0
    at: int = 0
    act: Callable[[], None] = lambda: None
    _events: Iterator[int] = field(default_factory=lambda: count(1))

    def event(self) -> None:
        """Come to the middle of the next event."""
        if next(self._events) == self.at:
            self.act()


class Truth:
    """What the server was asked and what left it; every line is in its file before the bytes leave."""

    def __init__(self, path: Path, story: Story) -> None:
        """Tell *story*, and log to the file *path*."""
        self.replies: list[Reply] = []
        self.scenes: dict[str, Scene] = {}
        self._script = continuing(story.texts, tokens=TOKENS)
        self.story = story
        self._file = path.open("a", encoding="utf-8")
        self._lock = Lock()

    def close(self) -> None:
        """End the log."""
        self._file.close()

    @property
    def script(self) -> Script:
        """What a scripted server has to do."""
        return self._answer

    def of(self, process: str) -> list[Reply]:
        """Return the replies to the process of that key."""
        return [reply for reply in list(self.replies) if reply.process == process]

    def asked(self, asked: Asked) -> Reply:
        """Note a request."""
        key, digest = asked.headers["x-api-key"], sha256(asked.body).hexdigest()
        title = meant(asked, self.story.ids)
        section, start = self.story.ids[title], where_to_go_on(asked, self.story.texts[title]) or 0
        with self._lock:
            reply = Reply(len(self.replies) + 1, key, section, digest, start)
            self._note(request=reply.number, process=key, section=section, digest=digest, start=start)
            self.replies.append(reply)
        return reply

    def says(self, reply: Reply, piece: str) -> None:
        """Note that *piece* of the text is about to leave."""
        with self._lock:
            at = time.monotonic()
            self._note(request=reply.number, text=piece, at=at)
            reply.pieces.append((at, piece))

    def stops(self, reply: Reply, stop: str) -> None:
        """Note that the stop reason is about to leave."""
        with self._lock:
            self._note(request=reply.number, stop=stop)
            reply.stop = stop

    def _answer(self, asked: Asked) -> Behaviour:
        reply = self.asked(asked)
        behaviour = self._script(asked)
        return _Plays(self, reply, behaviour) if isinstance(behaviour, Says) else behaviour

    def _note(self, **fields: object) -> None:
        self._file.write(json.dumps(fields, ensure_ascii=False) + "\n")
        self._file.flush()


@dataclass(frozen=True, slots=True)
class _Plays:
    """Streams a reply as the scene of its process wants it, every event in two halves."""

    truth: Truth
    reply: Reply
    says: Says

    def play(self, wire: Wire, asked: Asked) -> None:
        """Stream the whole reply."""
        scene = self.truth.scenes.setdefault(self.reply.process, Scene())
        wire.open_stream({"request-id": self.reply.id})
        for part in beginning("", model=asked.json["model"]):
            wire.chunk(part)
        pieces = pieces_of(self.says.text)
        for first in range(0, len(pieces), _PIECES):
            self._say("".join(pieces[first : first + _PIECES]), wire, scene)
        self.truth.stops(self.reply, self.says.stop)
        for part in ending(self.says.text, self.says.stop):
            wire.chunk(part)
        wire.end()

    def _say(self, piece: str, wire: Wire, scene: Scene) -> None:
        part = said(piece)
        wire.chunk(part[: len(part) // 2])
        scene.event()
        self.truth.says(self.reply, piece)
        wire.chunk(part[len(part) // 2 :])
        wire.pause(scene.pace)
