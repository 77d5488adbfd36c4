"""What a digest may say, and what of it is proved by the text that it sums up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from storygen.draft import Digest, Fact
from storygen.prompts.plan import clip
from storygen.text.quotes import is_quoted

MOST_FACTS = 12
MOST_THREADS = 5

_HAPPENED = 150
_FACT = 40


def proved(digest: Digest, text: str) -> tuple[Digest, tuple[Fact, ...]]:
    """Return *digest* as it is kept, and the facts that go because *text* does not hold their quotes.

    Every text of it is on one line then, and no longer than later sections can be told.
    """
    facts = [_plain(fact) for fact in digest.facts]
    kept = [fact for fact in facts if is_quoted(fact.quote, text)]
    sound = Digest(
        clip(digest.happened, words=_HAPPENED),
        tuple(dict.fromkeys(kept))[:MOST_FACTS],
        _lines(digest.opened),
        _lines(digest.paid),
    )
    return sound, tuple(fact for fact in facts if fact not in kept)


def _plain(fact: Fact) -> Fact:
    about, quote = (" ".join(text.split()) for text in (fact.about, fact.quote))
    return replace(fact, fact=clip(fact.fact, words=_FACT), about=about, quote=quote)


def _lines(threads: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clip(thread, words=_FACT) for thread in threads))[:MOST_THREADS]
