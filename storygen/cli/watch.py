"""What `write` shows while it works: a live line on a terminal, plain lines in a pipe, or JSON."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, assert_never

import anyio
import click

from storygen.cli.console import drop_stdout, wrapped
from storygen.cli.table import money
from storygen.draft import DraftStatus
from storygen.text.terminal import safe, safe_line
from storygen.text.words import count_words
from storygen.writer.events import (
    Began,
    BrokeOff,
    Event,
    Finished,
    Grew,
    Left,
    LegEnded,
    Noted,
    Polled,
    Thinking,
    Waiting,
)
from storygen.writer.rate import asked_words, is_steered

if TYPE_CHECKING:
    from types import TracebackType

    from rich.live import Live

    from storygen.cli.console import Console
    from storygen.draft import Draft
    from storygen.outline.tree import Section
    from storygen.writer.purse import Purse

_ASKING = "asking"
_MINUTE = 60
_MARGIN = 3
"""Lines of a terminal that are left to what scrolls by."""


@dataclass(slots=True)
class Active:
    """The section that is being written, as far as a line can show it."""

    section: Section
    since: float
    words: int = 0
    fresh: int = 0
    state: str = _ASKING

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
    purse: Purse | None = None
    _active: dict[str, Active] = field(default_factory=dict)
    _batches: dict[str, str] = field(default_factory=dict)
    _spent: int = 0
    _live: Live | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Take the last lines of the terminal, where there are some to take."""
        self._go_on()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lines back."""
        self._pause()

    def _go_on(self) -> None:
        if self.console.live and not self.stream:
            from rich.console import Console as Screen
            from rich.live import Live

            screen = Screen(stderr=True, highlight=False, no_color=not self.console.colour)
            self._live = self._stack.enter_context(Live(console=screen, refresh_per_second=8, transient=True))

    def _pause(self) -> None:
        self._stack.close()
        self._live = None

    def tell(self, event: Event) -> None:  # noqa: C901 - a case an event
        """Show one event."""
        match event:
            case Began(section=section, words=words):
                self._active[section.id] = Active(section, time.monotonic(), words)
                self._begin_stream(section)
            case Grew(section=section, text=text):
                self._grow(section, text)
            case Thinking(section=section):
                self._say_state(section, "thinking")
            case LegEnded(section=section, why=why):
                self._say_state(section, "going on")
                if self.console.verbose:
                    self._print(f"   {section.id}: the reply ended with {why}; asking for the rest")
            case Waiting(section=section, seconds=seconds, why=why):
                self._say_state(section, f"waiting {seconds:.0f} s")
                self._print(f"   {section.id}: {why}; trying again in {seconds:.0f} s", sentence=True)
            case Polled():
                self._poll(event)
            case Finished():
                self._finish(event)
            case Left(section=section, why=why):
                self._active.pop(section.id, None)
                self._print(f" ! {section.id}: {why}; what came is kept", sentence=True)
            case Noted(message=message):
                self._print(f"   {message}", sentence=True)
            case BrokeOff():
                pass
            case _:
                assert_never(event)
        self._redraw()

    def note(self, text: str) -> None:
        """Show words that come from beside the run, above the lines that are redrawn."""
        self._print(f"   {text.strip()}" if self._live else text, sentence=True)

    async def agree(self, question: str) -> bool:
        """Have a person on the terminal answer *question*; where there is none, that means no."""
        if not sys.stdin.isatty():
            return False
        self._pause()
        self.console.say(f"{question} [y/N]")
        if sys.platform != "win32":
            await anyio.wait_readable(sys.stdin)
        answer = sys.stdin.readline().strip().lower()
        self._go_on()
        return answer in {"y", "yes"}

    def _begin_stream(self, section: Section) -> None:
        if self.stream:
            self._put(f"\n--- {safe_line(section.title)} ---\n\n")

    def _grow(self, section: Section, text: str) -> None:
        if self.stream:
            self._put(safe(text))
        if active := self._active.get(section.id):
            new = len(text.split())
            active.words += new
            active.fresh += new
            active.state = "writing"

    def _put(self, prose: str) -> None:
        """Show *prose* on stdout; where nobody takes it any more, the run goes on without."""
        try:
            click.echo(prose, nl=False)
        except OSError as error:
            self.stream = False
            drop_stdout()
            self._print(f"   stdout is gone ({error.strerror}); the run goes on without it", sentence=True)

    def _say_state(self, section: Section, state: str) -> None:
        if active := self._active.get(section.id):
            active.state = state

    def _finish(self, event: Finished) -> None:
        self._spent += event.cost or 0
        active = self._active.pop(event.section.id, None)
        seconds = time.monotonic() - active.since if active else 0.0
        if self.stream:
            self._put("\n")
        self._print(_finished(event, seconds, narrow=self.console.live))

    def _poll(self, event: Polled) -> None:
        self._batches.pop(event.batch, None)
        if event.seconds is not None:
            way = f"{event.requests:,} away for {_lasted(event.waited)}, next look in {event.seconds:.0f} s"
            self._batches[event.batch] = f"{event.batch}  {way}"

    def _redraw(self) -> None:
        if self._live:
            from rich.text import Text

            self._live.update(Text("\n".join(self.lines()), no_wrap=True, overflow="ellipsis"))

    def lines(self) -> list[str]:
        """Return a line for every section at hand, as many as the terminal has room for."""
        now, spent = time.monotonic(), self._money()
        away = self._batches.values()  # whose sections are many, and show nothing before they end
        active = [each for each in self._active.values() if not away or each.state != _ASKING]
        lines = [
            safe_line(f" … {line}") for line in (*away, *(each.line(now=now, spent=spent) for each in active))
        ]
        room = max(2, shutil.get_terminal_size().lines - _MARGIN)
        if len(lines) <= room:
            return lines
        return [*lines[: room - 1], f" … and {len(lines) - room + 1:,} more"]

    def _money(self) -> str:
        """Return what is spent, and where it must not pass a ceiling, that too."""
        budget = self.purse.budget if self.purse else None
        if budget is None or budget.ceilings.money is None:
            return money(max(self._spent, budget.settled.money if budget else 0))
        return f"spent {money(budget.settled.money)} of {money(budget.ceilings.money)}"

    def _print(self, line: str, *, sentence: bool = False) -> None:
        if self.console.quiet:
            return
        if self._live:
            from rich.text import Text

            self._live.console.print(Text(safe(wrapped(line) if sentence else line)), soft_wrap=True)
        else:
            self.console.note(line)


def _finished(event: Finished, seconds: float, *, narrow: bool) -> str:
    """Return the line of a section that has ended; the file's name only where there is room, or need."""
    draft, section = event.draft, event.section
    words = f"{count_words(draft.text):,} / {section.words.aim:,} words{_asked(draft, section)}"
    line = f"{section.id}  {words}  {money(event.cost)}  {_lasted(seconds)}"
    if draft.status is DraftStatus.INCOMPLETE:
        why = ", ".join(flag.replace("-", " ") for flag in draft.flags) or "no ending"
        return f" ! {line}\n   incomplete ({why}){f'; kept in {event.path}' if event.path else ''}"
    return f" ✓ {line}" if narrow else f" ✓ {line}  {event.path}".rstrip()


def _asked(draft: Draft, section: Section) -> str:
    """Return how many words were asked for, where that is not what is wanted."""
    asked = asked_words(draft.legs)
    return f" (asked for {asked:,})" if asked and is_steered(asked, section.words.aim) else ""


def _lasted(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:.0f} s"
