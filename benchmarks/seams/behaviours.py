"""How models go on with a text: the replies that a seam has to cope with, and what should become of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from benchmarks.seams import lapses
from benchmarks.seams.asked import Ask, Behaviour, Class, Reply, Stance
from benchmarks.seams.garbles import GARBLES, word_dropped
from benchmarks.seams.wording import last_sentence, last_words, plain, recomposed
from storygen.text.markdown import BlockKind, end


def exact(ask: Ask) -> Reply:
    """Go on as asked."""
    return Reply(ask.said, ask.white if ask.stance is Stance.IGNORED else Class.RECOVERABLE)


def white_lost(ask: Ask) -> Reply | None:
    """Lose the white space between old and new."""
    glued = ask.opening and ask.cut.old[-1].isalnum() and ask.cut.rest.lstrip()[0].isalnum()
    if ask.cut.rest[:1].strip() or ask.stance is Stance.IGNORED or glued:
        return None
    known = Class.RECOVERABLE if ask.cut.white_known else Class.AMBIGUOUS
    return Reply(ask.opening + ask.cut.rest.lstrip(), known)


def own_line(ask: Ask) -> Reply | None:
    """Put the anchor on a line of its own."""
    if not ask.opening:
        return None
    inside = ask.cut.old[-1:].isalnum() or ask.cut.old[-1:] in ",;"
    known = Class.RECOVERABLE if ask.cut.white_known and inside else Class.AMBIGUOUS
    if not ask.cut.white_known and ask.cut.kept.endswith("\n"):
        known = Class.UNKNOWABLE  # what loses its indent here looks like the paragraph behind a list or code
    return Reply(f"{ask.opening}\n\n{ask.cut.rest.lstrip()}", known)


def repeats(words: int) -> Behaviour:
    """Say the last *words* words again."""

    def again(ask: Ask) -> Reply | None:
        return _again(ask, last_words(ask.cut.old, words))

    return again


def restarts_sentence(ask: Ask) -> Reply | None:
    """Begin the last sentence anew."""
    return _again(ask, last_sentence(ask.cut.old))


def restarts_paragraph(ask: Ask) -> Reply | None:
    """Begin the last paragraph anew."""
    return _again(ask, re.split(r"\n[ \t\r]*\n", ask.cut.old)[-1].lstrip())


def restarts_line(ask: Ask) -> Reply | None:
    """Begin the last line, item, row or line of code anew."""
    return _again(ask, ask.cut.old.splitlines()[-1].lstrip())


def restarts_plainly(ask: Ask) -> Reply | None:
    """Begin the last sentence anew, in plain quotes and dashes."""
    return _again(ask, plain(last_sentence(ask.cut.old)))


def restarts_recomposed(ask: Ask) -> Reply | None:
    """Begin the last sentence anew, with letters and their marks put together or taken apart."""
    return _again(ask, recomposed(last_sentence(ask.cut.old)))


def heading(pattern: str) -> Behaviour:
    """Write the text's last heading again."""

    def behaviour(ask: Ask) -> Reply | None:
        titles = ask.cut.source.titles(len(ask.cut.old))
        if not titles:
            return None
        return Reply(pattern.format(titles[-1]) + ask.bare, ask.white)

    return behaviour


def table_head(ask: Ask) -> Reply | None:
    """Write the head of the open table again."""
    state = end(ask.cut.kept)
    head = ask.cut.kept[state.start :].splitlines(keepends=True)[:2]
    if (
        state.kind is not BlockKind.TABLE
        or state.in_table
        or len(head) < len("||")
        or not head[1].endswith("\n")
    ):
        return None
    return Reply("".join(head) + ask.bare, ask.white)


def fence_again(ask: Ask) -> Reply | None:
    """Open the open fence once more."""
    state = end(ask.cut.kept)
    if state.block is None or state.block.kind is not BlockKind.FENCE:
        return None
    known = ask.white if state.block.info else Class.AMBIGUOUS
    return Reply(f"{state.block.mark}{state.block.info}\n{ask.bare}", known)


def wrapped(info: str) -> Behaviour:
    """Put the whole reply into a fence."""

    def behaviour(ask: Ask) -> Reply:
        state = end(ask.cut.kept)
        inside = state.kind in {BlockKind.FENCE, BlockKind.CODE, BlockKind.HTML}
        known = ask.white if info and not inside else Class.AMBIGUOUS
        return Reply(f"```{info}\n{ask.bare.rstrip()}\n```", known)

    return behaviour


def preamble(ask: Ask) -> Reply:
    """Announce the continuation."""
    return Reply(f"{ask.phrases.announcement(ask.random)}\n\n{ask.bare}", ask.white)


def preamble_with_rule(ask: Ask) -> Reply:
    """Announce the continuation, with a rule behind it."""
    return Reply(f"{ask.phrases.announcement(ask.random)}\n\n---\n\n{ask.bare}", ask.white)


def preamble_and_restart(ask: Ask) -> Reply | None:
    """Announce the continuation and begin the last sentence anew."""
    reply = _again(ask, last_sentence(ask.cut.old))
    return reply and Reply(f"{ask.phrases.announcement(ask.random)}\n\n{reply.text}", reply.expected)


def preamble_and_heading(ask: Ask) -> Reply | None:
    """Announce the continuation and write the last heading again."""
    reply = heading("## {}\n\n")(ask)
    return reply and Reply(f"{ask.phrases.announcement(ask.random)}\n\n{reply.text}", reply.expected)


def closing(ask: Ask) -> Reply:
    """Offer to go on."""
    reply = exact(ask)
    offer = ask.random.choice(ask.phrases.closings)
    return Reply(f"{reply.text.rstrip()}\n\n{offer}", reply.expected)


def preamble_and_closing(ask: Ask) -> Reply:
    """Announce the continuation and offer to go on."""
    return Reply(f"{ask.phrases.announcement(ask.random)}\n\n{closing(ask).text.lstrip()}", ask.white)


def dots(ask: Ask) -> Reply:
    """Begin with dots."""
    inside = ask.cut.old[-1:].isalnum() or ask.cut.old[-1:] in ",;"
    known = ask.white if ask.opening or inside else Class.AMBIGUOUS
    return Reply(ask.random.choice(("…", "...", "… ", "... ")) + ask.bare, known)


def carriage_returns(ask: Ask) -> Reply | None:
    """End lines in two characters."""
    reply = exact(ask)
    if "\r" in ask.cut.source.text or "\n" not in reply.text:
        return None
    return Reply(reply.text.replace("\n", "\r\n"), reply.expected)


def byte_order_mark(ask: Ask) -> Reply:
    """Begin with a byte order mark."""
    reply = exact(ask)
    return Reply("\ufeff" + reply.text, reply.expected)


def capital(ask: Ask) -> Reply | None:
    """Begin with a capital that does not belong there."""
    bare = ask.cut.rest.lstrip()
    white = ask.cut.rest[: len(ask.cut.rest) - len(bare)] if ask.opening else ""
    if not bare[:1].islower():
        return None
    return Reply(ask.opening + white + bare[0].upper() + bare[1:], Class.AMBIGUOUS)


def chain(ask: Ask) -> Reply:
    """Go on as asked, and be cut off again, up to five times."""
    lengths = (ask.random.randint(20, 400) for _ in range(ask.random.randint(1, 5)))
    known = Class.AMBIGUOUS if ask.stance is Stance.IGNORED else Class.RECOVERABLE
    return Reply(ask.said, known, tuple(lengths))


def garbled(garble: Callable[[str, Random], str]) -> Behaviour:
    """Begin with something like the anchor."""

    def behaviour(ask: Ask) -> Reply | None:
        opening = garble(ask.cut.anchor, ask.random)
        if opening in {"", ask.cut.anchor}:
            return None
        return Reply(opening + ask.cut.rest)

    return behaviour


def announced(garble: Callable[[str, Random], str]) -> Behaviour:
    """Announce the continuation and begin with something like the anchor."""

    def behaviour(ask: Ask) -> Reply | None:
        reply = garbled(garble)(ask)
        return reply and Reply(f"{ask.phrases.announcement(ask.random)}\n\n{reply.text}")

    return behaviour


def _again(ask: Ask, said: str) -> Reply | None:
    """Say the end of the text again: further back than the anchor, where one is obeyed."""
    if not said or (ask.opening and len(said) <= len(ask.opening)):
        return None
    wide = sum("\u3040" <= char <= "\u9fff" for char in said)
    weight = sum(not char.isspace() for char in said) + wide
    return Reply(said + ask.cut.rest, Class.RECOVERABLE if weight >= len("eight wd") else Class.AMBIGUOUS)


_ALL = frozenset(Stance) - {Stance.GARBLED}


_UNANCHORED = frozenset({Stance.IGNORED, Stance.PREFILL})


_GARBLED = frozenset({Stance.GARBLED})


BEHAVIOURS: dict[str, tuple[Behaviour, frozenset[Stance]]] = {
    "goes on": (exact, _ALL),
    "white space lost": (white_lost, _ALL),
    "anchor on its own line": (own_line, _ALL),
    **{f"repeats {words} words": (repeats(words), _ALL) for words in (1, 2, 3, 5, 12, 40, 200)},
    "restarts the sentence": (restarts_sentence, _ALL),
    "restarts the paragraph": (restarts_paragraph, _ALL),
    "restarts the line": (restarts_line, _ALL),
    "restarts in plain type": (restarts_plainly, _ALL),
    "restarts recomposed": (restarts_recomposed, _ALL),
    "heading again": (heading("## {}\n\n"), _ALL),
    "heading, other level": (heading("#### {}\n\n"), _ALL),
    "heading (continued)": (heading("## {} (continued)\n\n"), _ALL),
    "heading in bold": (heading("**{}**\n\n"), _ALL),
    "table head again": (table_head, _ALL),
    "fence opened again": (fence_again, _ALL),
    "in a Markdown fence": (wrapped("markdown"), _ALL),
    "in a bare fence": (wrapped(""), _ALL),
    "preamble": (preamble, _ALL),
    "preamble and rule": (preamble_with_rule, _ALL),
    "preamble and restart": (preamble_and_restart, _ALL),
    "preamble and heading": (preamble_and_heading, _ALL),
    "closing remark": (closing, _ALL),
    "preamble and closing": (preamble_and_closing, _ALL),
    "dots": (dots, _ALL),
    "CRLF": (carriage_returns, _ALL),
    "byte order mark": (byte_order_mark, _ALL),
    "capital": (capital, _ALL),
    "chain of up to five": (chain, _ALL),
    **{name: (garbled(garble), _GARBLED) for name, garble in GARBLES.items()},
    "preamble, garbled anchor": (announced(word_dropped), _GARBLED),
    "sentence reworded": (lapses.reworded, _UNANCHORED),
    "recap": (lapses.recap, _UNANCHORED),
    "skips words": (lapses.skips, _ALL),
    "swaps two sentences": (lapses.swaps, _ALL),
    "nothing": (lapses.ended("", " ", "\n\n", "\u200b", "\ufeff\n"), _UNANCHORED),
    "only a preamble": (lapses.only_preamble, _UNANCHORED),
    "refusal": (lapses.refuses, _UNANCHORED),
    "error as text": (lapses.breaks, _UNANCHORED),
    "endless repeat": (lapses.loops, _ALL),
}
"""Every behaviour by its name, with the stances that it is tried in."""
