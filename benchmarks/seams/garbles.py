"""What models make of an anchor that they do not quite repeat."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.seams.wording import last_words, plain, recomposed


def _part(words: slice) -> Callable[[str, Random], str]:
    def garble(anchor: str, _random: Random) -> str:
        return last_words(anchor, len(anchor.split()[words])) if len(anchor.split()) > len("words") else ""

    return garble


def word_dropped(anchor: str, random: Random) -> str:
    """Leave out a word of *anchor*, but not the last."""
    words = anchor.split(" ")
    if len(words) < len("words"):
        return ""
    del words[random.randrange(len(words) - 1)]
    return " ".join(words)


def _word_changed(anchor: str, random: Random) -> str:
    words = anchor.split(" ")
    if len(words) < len("words"):
        return ""
    words[random.randrange(len(words) - 1)] = random.choice(("something", "perhaps", "et", "oder"))
    return " ".join(words)


def _stop_lost(anchor: str, _random: Random) -> str:
    return anchor.rstrip(".!?”\"'")


def _recased(anchor: str, _random: Random) -> str:
    return anchor[:1].swapcase() + anchor[1:]


GARBLES: dict[str, Callable[[str, Random], str]] = {
    "anchor in plain type": lambda anchor, _: plain(anchor),
    "anchor recomposed": lambda anchor, _: recomposed(anchor),
    "anchor's first letter": _recased,
    "anchor in its tags": lambda anchor, _: f"<anchor>{anchor}</anchor>",
    "anchor in quotes": lambda anchor, _: f'"{anchor}"',
    "anchor in bold": lambda anchor, _: f"**{anchor}**",
    "anchor behind dots": lambda anchor, _: f"…{anchor}",
    "anchor without its stop": _stop_lost,
    "anchor's last words": _part(slice(6)),
    "anchor less a word": word_dropped,
    "anchor with another word": _word_changed,
    "anchor twice": lambda anchor, _: f"{anchor}\n\n{anchor}",
}
