"""Deltas become a completion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from storygen.messages import Completion, Counted, Delta, Ended, Opened, OtherBlock, StopReason, Text, Usage


@dataclass(slots=True)
class Fold:
    """Gathers deltas as they come; `text` and `completion` may be asked for at any time.

    `size` is how many bytes the text has in UTF-8, known without joining it.

    >>> so_far = Fold()
    >>> so_far.add(Text("Once upon"))
    >>> so_far.text, so_far.completion.stop_reason
    ('Once upon', <StopReason.CUT: 'cut'>)
    """

    usage: Usage = Usage()
    opened: Opened | None = None
    ended: Ended | None = None
    size: int = 0
    _texts: list[str] = field(default_factory=list)
    _blocks: list[str] = field(default_factory=list)

    def add(self, delta: Delta) -> None:
        """Take one delta."""
        match delta:
            case Opened():
                self.opened = delta
            case Text(text=text):
                self._texts.append(text)
                self.size += len(text.encode("utf-8", "surrogatepass"))
            case OtherBlock(kind=kind):
                self._blocks.append(kind)
            case Counted(usage=usage):
                self.usage = usage
            case Ended():
                self.ended = delta
            case _:
                assert_never(delta)

    @property
    def text(self) -> str:
        """The text so far."""
        if len(self._texts) > 1:
            self._texts[:] = ["".join(self._texts)]
        return "".join(self._texts)

    @property
    def completion(self) -> Completion:
        """The completion as it stands: cut, as long as no stop reason has come."""
        opened = self.opened or Opened(status=0)
        ended = self.ended or Ended(StopReason.CUT, clean=False)
        return Completion(
            text=self.text,
            stop_reason=ended.reason,
            usage=self.usage,
            stop_word=ended.word,
            stop_detail=ended.detail,
            request_id=opened.request_id,
            message_id=opened.message_id,
            model=opened.model,
            blocks=tuple(self._blocks),
            clean=ended.clean,
            envelope=ended.envelope,
        )


def fold(deltas: Iterable[Delta]) -> Completion:
    """Return the completion that *deltas* make; without an `Ended` it is a cut one.

    >>> fold([Text("Once "), Text("upon"), Ended(StopReason.END_TURN, "end_turn")]).text
    'Once upon'
    """
    so_far = Fold()
    for delta in deltas:
        so_far.add(delta)
    return so_far.completion
