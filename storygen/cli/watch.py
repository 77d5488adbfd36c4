"""What `write` shows while it works: a live line on a terminal, plain lines in a pipe, or JSON."""

from __future__ import annotations

import json
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Self, assert_never

import click

from storygen.cli.console import wrapped
from storygen.cli.table import money
from storygen.draft import DraftStatus
from storygen.text.terminal import safe, safe_line
from storygen.text.words import count_words
from storygen.writer.events import Began, Event, Finished, Grew, LegEnded, Noted, Thinking, Waiting

if TYPE_CHECKING:
    from types import TracebackType

    from rich.live import Live

    from storygen.cli.console import Console
    from storygen.outline.tree import Section

_MINUTE = 60


@dataclass(slots=True)
class Active:
    """The section that is being written, as far as a line can show it."""

    section: Section
    since: float
    words: int = 0
    fresh: int = 0
    state: str = "asking"

    def line(self, *, now: float, spent: str) -> str:
        """Return the line as it stands: state, words against target, speed, money spent so far."""
        seconds = max(now - self.since, 0.1)
        speed = f"{self.fresh / seconds:,.0f} words/s" if self.fresh else ""
        parts = (
            f"{self.words:,} / {self.section.words.aim:,} words",
            speed,
            spent,
            _lasted(seconds),
            self.state,
        )
        return f"{self.section.id}  " + "  ".join(part for part in parts if part)


@dataclass(slots=True)
class Watch(AbstractContextManager["Watch"]):
    """Shows events on *console*; with `stream` the prose goes to stdout as it comes."""

    console: Console
    stream: bool = False
    _active: Active | None = None
    _spent: int = 0
    _live: Live | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Take the last line of the terminal, where there is one to take."""
        if self.console.live and not self.stream:
            from rich.console import Console as Screen
            from rich.live import Live

            screen = Screen(stderr=True, highlight=False, no_color=not self.console.colour)
            self._live = self._stack.enter_context(Live(console=screen, refresh_per_second=8, transient=True))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the line back."""
        self._stack.close()
        self._live = None

    def tell(self, event: Event) -> None:
        """Show one event."""
        match event:
            case Began(section=section, words=words):
                self._active = Active(section, time.monotonic(), words)
                self._begin_stream(section)
            case Grew(text=text):
                self._grow(text)
            case Thinking():
                self._say_state("thinking")
            case LegEnded(section=section, why=why):
                self._say_state("going on")
                self.console.detail(f"   {section.id}: the reply ended with {why}; asking for the rest")
            case Waiting(section=section, seconds=seconds, why=why):
                self._say_state(f"waiting {seconds:.0f} s")
                self._print(f"   {section.id}: {why}; trying again in {seconds:.0f} s", sentence=True)
            case Finished():
                self._finish(event)
            case Noted(message=message):
                self._print(f"   {message}", sentence=True)
            case _:
                assert_never(event)
        self._redraw()

    def _begin_stream(self, section: Section) -> None:
        if self.stream:
            click.echo(f"\n--- {safe_line(section.title)} ---\n")

    def _grow(self, text: str) -> None:
        if self.stream:
            click.echo(safe(text), nl=False)
        if self._active:
            new = len(text.split())
            self._active.words += new
            self._active.fresh += new
            self._active.state = "writing"

    def _say_state(self, state: str) -> None:
        if self._active:
            self._active.state = state

    def _finish(self, event: Finished) -> None:
        self._spent += event.cost or 0
        seconds = time.monotonic() - self._active.since if self._active else 0.0
        self._active = None
        if self.stream:
            click.echo("")
        self._print(_finished(event, seconds, narrow=self.console.live))

    def _redraw(self) -> None:
        if self._live:
            from rich.text import Text

            spent = money(self._spent)
            line = self._active.line(now=time.monotonic(), spent=spent) if self._active else ""
            self._live.update(
                Text(safe_line(f" … {line}") if line else "", no_wrap=True, overflow="ellipsis")
            )

    def _print(self, line: str, *, sentence: bool = False) -> None:
        if self.console.quiet:
            return
        if self._live:
            from rich.text import Text

            self._live.console.print(Text(safe(wrapped(line) if sentence else line)), soft_wrap=True)
        else:
            self.console.note(line)


@dataclass(slots=True)
class JsonWatch:
    """Prints every event that a program can use as one line of JSON on stdout."""

    def tell(self, event: Event) -> None:
        """Print one event."""
        match event:
            case Began(section=section):
                json_line(event="begin", id=section.id)
            case Waiting(section=section, seconds=seconds, why=why):
                json_line(event="wait", id=section.id, seconds=round(seconds, 1), why=why)
            case Finished(section=section, draft=draft, cost=cost, path=path):
                json_line(
                    event="section",
                    id=section.id,
                    title=section.title,
                    state=draft.status,
                    words=count_words(draft.text),
                    target=[section.words.low, section.words.high],
                    legs=len(draft.legs),
                    stop_reason=draft.stop_reason,
                    flags=list(draft.flags),
                    usage=asdict(draft.usage),
                    cost=dollars(cost),
                    file=path,
                )
            case Noted(message=message):
                json_line(event="note", message=message)
            case Grew() | Thinking() | LegEnded():
                pass
            case _:
                assert_never(event)


def json_line(**fields: object) -> None:
    """Print one JSON object on one line of stdout."""
    click.echo(json.dumps({"storygen": 1, **fields}, ensure_ascii=False))


def dollars(micro: int | None) -> float | None:
    """Return micro-dollars as dollars, None as it is."""
    return None if micro is None else micro / 1_000_000


def _finished(event: Finished, seconds: float, *, narrow: bool) -> str:
    """Return the line of a section that has ended; the file's name only where there is room, or need."""
    draft, section = event.draft, event.section
    words = f"{count_words(draft.text):,} / {section.words.aim:,} words"
    line = f"{section.id}  {words}  {money(event.cost)}  {_lasted(seconds)}"
    if draft.status is DraftStatus.INCOMPLETE:
        why = ", ".join(flag.replace("-", " ") for flag in draft.flags) or "no ending"
        return f" ! {line}\n   incomplete ({why}){f'; kept in {event.path}' if event.path else ''}"
    return f" ✓ {line}" if narrow else f" ✓ {line}  {event.path}"


def _lasted(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:.0f} s"
