"""Writers that bring more or less than they are asked for: a request's bytes in, deltas out, no network."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from storygen.messages import Counted, Delta, Ended, Opened, StopReason, Text, Usage
from storygen.rehearsal.shape import blocks
from storygen.text.words import split_words

BIASES = (0.4, 0.6, 0.85, 1.0, 1.3, 1.7)
"""How many words come for each one that is asked for, before noise."""

NOISE = 0.15
"""The standard deviation of what comes, as a share of it."""

SATURATION = 2_000
"""No call brings more words, whatever it is asked for."""

EARLY, CUT = 0.03, 0.02
"""How often a reply ends by itself before it should, and how often it is cut off."""

TOKENS_A_WORD = 1.35
"""Of English prose, in tokens of the models that are simulated here."""

_ASKED = re.compile(r"^Words(?! of this)[^:\n]*:.*?about ([0-9,]+)", re.MULTILINE)
_REMAIN = re.compile(r"about ([0-9,]+) remain")
_ANCHOR = re.compile(r"<anchor>(.*?)</anchor>", re.DOTALL)
_LITTLE = 60
_QUOTED = 9
_TEXTS = Path(__file__).parents[1] / "seams" / "texts"
_VOCABULARY = sorted({word.lower() for word in split_words((_TEXTS / "prose-harbour.md").read_text("utf-8"))})


@dataclass(slots=True)
class Writer:
    """A writer with a *bias*; `asked` is how many words each call so far was to bring."""

    bias: float
    chance: Random
    asked: list[int] = field(default_factory=list)

    async def send(self, body: bytes) -> AsyncGenerator[Delta, None]:
        """Answer the request that *body* is, as a model would: from what its turns say."""
        request = json.loads(body)
        turns = ["".join(block["text"] for block in blocks(turn["content"])) for turn in request["messages"]]
        last = turns[-1]
        wanted = _wanted(last)
        self.asked.append(wanted)
        words, reason = self._length(wanted, most=int(request["max_tokens"] / TOKENS_A_WORD))
        text = self._prose(words, whole=reason is StopReason.END_TURN)
        if "<after>" in last:
            text = f"<after>{self._place(turns[-2])}</after>\n\n{text}"
        elif anchor := _ANCHOR.search(last):
            text = f"{anchor[1]} {text}"
        yield Opened(200)
        yield Text(text)
        yield Counted(Usage(len(body) // 4, output_tokens=int(words * TOKENS_A_WORD)))
        yield Ended(reason, reason.value)

    def _length(self, wanted: int, *, most: int) -> tuple[int, StopReason]:
        """Return how many words come where so many are *wanted* and *most* fit, and how they end."""
        chance = self.chance
        words = min(wanted * self.bias * max(0.3, chance.gauss(1, NOISE)), SATURATION)
        if chance.random() < EARLY:
            words *= chance.uniform(0.2, 0.8)
        if chance.random() < CUT:
            return max(1, int(words * chance.uniform(0.2, 0.8))), StopReason.MAX_TOKENS
        if words > most:
            return most, StopReason.MAX_TOKENS
        return max(1, round(words)), StopReason.END_TURN

    def _prose(self, words: int, *, whole: bool) -> str:
        """Return so many words in paragraphs; where they are not *whole*, the last sentence is not over."""
        told = self.chance.choices(_VOCABULARY, k=words)
        pieces: list[str] = []
        at = 0
        while at < words:
            end = min(words, at + self.chance.randint(6, 18))
            ended = "." if end < words or whole else ""
            gap = "\n\n" if self.chance.random() < 1 / 6 else " "
            pieces.append(" ".join(told[at:end]).capitalize() + ended + gap)
            at = end
        return "".join(pieces).strip()

    def _place(self, text: str) -> str:
        """Return the last words of some paragraph of *text*."""
        paragraph = self.chance.choice([each for each in text.split("\n\n") if len(each.split()) >= _QUOTED])
        return " ".join(paragraph.split()[-_QUOTED:])


def _wanted(turn: str) -> int:
    """Return how many words the last *turn* of a request asks for."""
    if "<anchor>" in turn:
        found = _REMAIN.search(turn)
        return int(found[1].replace(",", "")) if found else _LITTLE
    found = _ASKED.search(turn)
    if found is None:
        raise ValueError(f"no length in this request: {turn[-400:]!r}")
    return int(found[1].replace(",", ""))
