"""Replies that are not the text: told in other words, refused, broken; and those that only sound so."""

from __future__ import annotations

import re

from benchmarks.seams.asked import Ask, Behaviour, Class, Reply, Stance
from benchmarks.seams.wording import echoes, is_prose, last_sentence, last_words, letters, reworded_sentence
from storygen.text.sentences import sentences


def reworded(ask: Ask) -> Reply | None:
    """Tell the last sentence again in other words."""
    old = last_sentence(ask.cut.old)
    new = reworded_sentence(old, ask.phrases.synonyms, ask.random)
    if new == old or not is_prose(old):
        return None
    return Reply(new + ask.cut.rest, Class.PARAPHRASE)


def recap(ask: Ask) -> Reply | None:
    """Tell first what has happened so far."""
    told = [one.strip() for one in sentences(ask.cut.old) if is_prose(one)][-4:]
    if not told:
        return None
    summary = " ".join(reworded_sentence(one, ask.phrases.synonyms, ask.random) for one in told[::2])
    return Reply(f"{summary}\n\n{ask.bare}", Class.PARAPHRASE)


def skips(ask: Ask) -> Reply | None:
    """Leave out some words."""
    words = list(re.finditer(r"\S+\s*", ask.cut.rest))
    skipped = ask.random.randint(1, 30)
    if len(words) <= skipped:
        return None
    known = Class.PARAPHRASE if ask.stance is Stance.IGNORED else Class.UNKNOWABLE
    return Reply(ask.opening + " " * bool(ask.opening) + ask.cut.rest[words[skipped].start() :], known)


def swaps(ask: Ask) -> Reply | None:
    """Exchange the next two sentences."""
    found = sentences(ask.said[len(ask.opening) :])
    if len(found) < len("123") or not found[0].strip():
        return None
    known = Class.PARAPHRASE if ask.stance is Stance.IGNORED else Class.UNKNOWABLE
    return Reply(ask.opening + "".join([found[1], found[0], *found[2:]]), known)


def legitimate(ask: Ask) -> Reply | None:
    """Go on as asked, where that sounds like something else.

    Words that stand twice are certain only behind an anchor: without one they look like a restart.
    """
    by_chance = letters(ask.said).startswith(letters(ask.cut.anchor))
    if ask.stance is Stance.IGNORED and (by_chance or not ask.cut.white_known):
        return None
    fenced = ask.stance is Stance.IGNORED and re.match(r"`{3,}markdown|…", ask.said)
    unsure = fenced or (not ask.opening and echoes(ask.cut.old, ask.cut.rest))
    return Reply(ask.said, Class.AMBIGUOUS if unsure else Class.LEGITIMATE)


def ended(*replies: str) -> Behaviour:
    """Say something that is no text, or nothing at all."""
    return lambda ask: Reply(ask.random.choice(replies), Class.ENDED)


def only_preamble(ask: Ask) -> Reply:
    """Announce a continuation that never comes."""
    return Reply(ask.phrases.announcement(ask.random), Class.ENDED)


def refuses(ask: Ask) -> Reply:
    """Decline."""
    return Reply(ask.random.choice(ask.phrases.refusals), Class.ENDED)


def breaks(ask: Ask) -> Reply:
    """Hand on an error of the machine as if it were text."""
    return Reply(ask.random.choice(ask.phrases.errors), Class.ENDED)


def loops(ask: Ask) -> Reply:
    """Say the same for ever."""
    unit = ask.random.choice((last_words(ask.cut.old, 1), last_sentence(ask.cut.old), "na")).strip() + " "
    return Reply(f"{ask.opening} {unit * max(8, 2000 // len(unit))}", Class.ENDED)
