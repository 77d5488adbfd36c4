"""What `write --json` prints while it works: a line for every event, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import assert_never

import click

from storygen.book.attempts import Spent
from storygen.cli.console import drop_stdout
from storygen.cli.table import dollars
from storygen.messages import Usage
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
from storygen.writer.rate import asked_words

_NOTHING = BrokeOff(Spent(), Usage(), "")


@dataclass(slots=True)
class JsonWatch:
    """Prints every event that a program can use as one line of JSON on stdout.

    With several books at once each line has its `outline`. Of a run that `broke_off` the account is kept
    for its last line, and the `words` that it wrote.
    """

    outline: str = ""
    words: int = 0
    broke_off: BrokeOff = _NOTHING

    def tell(self, event: Event) -> None:
        """Print one event."""
        match event:
            case Began(section=section):
                self._line(event="begin", id=section.id)
            case Waiting(section=section, seconds=seconds, why=why):
                self._line(event="wait", id=section.id, seconds=round(seconds, 1), why=why)
            case Polled():
                self._line(event="batch", **asdict(replace(event, waited=round(event.waited, 1))))
            case BrokeOff():
                self.broke_off = event
            case Finished(section=section, draft=draft, cost=cost, path=path):
                self.words += count_words(draft.text)
                self._line(
                    event="section",
                    id=section.id,
                    title=section.title,
                    state=draft.status,
                    words=count_words(draft.text),
                    target=[section.words.low, section.words.high],
                    asked=asked_words(draft.legs),
                    legs=len(draft.legs),
                    stop_reason=draft.stop_reason,
                    flags=list(draft.flags),
                    usage=asdict(draft.usage),
                    cost=dollars(cost),
                    file=path,
                )
            case Left(section=section, why=why):
                self._line(event="left", id=section.id, why=why)
            case Noted(message=message):
                self._line(event="note", message=message)
            case Grew() | Thinking() | LegEnded():
                pass
            case _:
                assert_never(event)

    def _line(self, **fields: object) -> None:
        json_line(**fields, **({"outline": self.outline} if self.outline else {}))


def json_line(**fields: object) -> None:
    """Print one JSON object on one line of stdout; a reader that is gone stops nothing."""
    try:
        click.echo(json.dumps({"storygen": 1, **fields}, ensure_ascii=False))
    except OSError:
        drop_stdout()
