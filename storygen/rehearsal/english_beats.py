"""Turns an English beat, written in the present, into narrative where that can be done safely."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from storygen.rehearsal.english_narrator import as_narrator
from storygen.rehearsal.english_verbs import past, third_person
from storygen.rehearsal.grammar import word_file

_TOKEN = re.compile(r"\s+|[^\W\d_]+(?:['’-][^\W\d_]+)*|.", re.DOTALL)
_ALWAYS = {
    "is": "was", "are": "were", "am": "was", "has": "had", "does": "did", "cannot": "could not",
    "isn't": "wasn't", "aren't": "weren't", "hasn't": "hadn't", "doesn't": "didn't", "don't": "didn't",
    "can't": "couldn't", "won't": "wouldn't", "it's": "it was", "there's": "there was", "that's": "that was",
}  # fmt: skip
_MINE = {"is": "am", "has": "have", "does": "do", "isn't": "am not", "hasn't": "haven't", "doesn't": "don't"}
_MODALS = {"can": "could", "will": "would", "may": "might"}
_NOMINATIVE = {"i", "he", "she", "it", "who", "that", "which", "there", "nobody", "somebody", "everybody"}
_NOMINATIVE |= {"everyone", "someone", "nothing", "something"}
_PLURAL = {"they", "we", "you", "i", "who"}
_OBJECT = re.compile(
    r"(?:the|an?|his|her|its|their|my|him|it|them|me|us|this|that|to|into|at|on|in|out|up|down|off|over|back|away"
    r"|across|through|from|with|for|about|by|who|what|how|why|where|nothing|\w+ly|[A-Z]\w*)$"
)


@cache
def _group(name: str) -> frozenset[str]:
    return frozenset(word_file("english-verbs")[name])


@cache
def _group_words(name: str) -> frozenset[str]:
    return frozenset(" ".join(word_file("english-verbs")[name]).split())


@cache
def _lemmas() -> frozenset[str]:
    return _group("regular") | {entry.split()[0] for entry in word_file("english-verbs")["irregular"]}


@cache
def _thirds() -> dict[str, str]:
    return {third_person(lemma): lemma for lemma in _lemmas()}


@cache
def _pasts() -> frozenset[str]:
    return frozenset(map(past, _lemmas())) | {"was", "were", "had", "did", "could", "would"}


@dataclass(slots=True)
class _Reader:
    """Reads a beat word by word and says which words are finite verbs of its clauses."""

    names: frozenset[str]
    present: bool
    clause: bool = False
    plural: bool = False
    narrator: bool = False
    finite: int = 0

    def meet(self, before: str) -> None:
        """Note a finite verb, and whether the narrator is its subject."""
        self.clause = True
        self.finite += 1
        self.narrator = before == "I" or (
            self.narrator and before.lower() in {"and", "or", "but", ",", "then"}
        )

    def tell(self, token: str, past_form: str, mine: str) -> str:
        """Return the form that the story's tense and the verb's subject want."""
        if not self.present:
            return past_form
        return mine if self.narrator else token

    def lemma(self, before: str, word: str, after: str) -> str:
        """Return the lemma of *word* if it is a finite verb in the present here, else nothing."""
        third = _thirds().get(word, "")
        if third and self._third(before, word, after):
            self.clause, self.plural = True, False
            return third
        if word in _lemmas() and self._plain(before, after):
            self.clause, self.plural = True, True
            return word
        return ""

    def _third(self, before: str, word: str, after: str) -> bool:
        low = before.lower()
        if (
            low in _NOMINATIVE
            or before in self.names
            or low.endswith("ly")
            or low in {"never", "still", "also", "then"}
        ):
            return True
        if low in {"and", "or", "but", ","}:
            return self.finite > 0 and (_verb_follows(after) or word in _group("intransitive"))
        if not before or low in _group_words("determiners") or low.endswith(("'s", "’s")):
            return False
        return not self.clause and after.lower() not in _lemmas()

    def _plain(self, before: str, after: str) -> bool:
        low = before.lower()
        if low in _PLURAL:
            return not self.clause or low != "who"
        if low == "and":
            return self.plural and _verb_follows(after)
        several = before in self.names and self.plural
        sisters = low.endswith("s") and not low.endswith(("ss", "'s", "’s")) and before not in self.names
        return not self.clause and (several or (sisters and _verb_follows(after)))


def _verb_follows(after: str) -> bool:
    return bool(_OBJECT.match(after))


def retell(beat: str, *, present: bool, names: Iterable[str], narrator: str = "") -> str:
    """Return *beat* as narrative in the past or present; nothing where no finite verb is sure.

    With a *narrator*, that name becomes I.

    >>> retell("Anna sees the lamp, though nobody is on the island.", present=False, names=["Anna"])
    'Anna saw the lamp, though nobody was on the island.'
    >>> retell("Tom the boatman refuses payment.", present=False, names=["Tom"])
    'Tom the boatman refused payment.'
    >>> retell("Write about the sea", present=False, names=[])
    ''
    """
    if narrator:
        beat = as_narrator(beat, narrator=narrator, names=names, verb=_finite)
    tokens = _TOKEN.findall(beat)
    words = [place for place, token in enumerate(tokens) if token.strip()]
    reader = _Reader(frozenset(part for name in names for part in name.split()), present)
    told, quoted = list(tokens), False
    for number, place in enumerate(words):
        before = tokens[words[number - 1]] if number else ""
        after = tokens[words[number + 1]] if number + 1 < len(words) else ""
        quoted ^= tokens[place] in '"“”«»'
        if not quoted:
            told[place] = _retold(reader, before, tokens[place], after)
    return "".join(told) if reader.finite else ""


def _finite(word: str) -> bool:
    return word in _thirds() or word in _ALWAYS or word in _MODALS


def _retold(reader: _Reader, before: str, token: str, after: str) -> str:
    """Return *token* in the tense of the story if it is finite here; notes in *reader* what it meets."""
    word = token.lower().replace("’", "'")
    _mind_clause(reader, before, word, after)
    if word in _ALWAYS or (
        word in _MODALS and token == word and before.lower() not in _group_words("determiners")
    ):
        reader.meet(before)
        changed = reader.tell(token, {**_ALWAYS, **_MODALS}[word], _MINE.get(word, word))
        return changed if token[0].islower() else changed.capitalize()
    lemma = reader.lemma(before, word, after) if token == word else ""
    if lemma:
        reader.meet(before)
        return reader.tell(token, past(lemma), lemma)
    if (
        word in _pasts()
        and before
        and not reader.clause
        and before.lower() not in _group_words("determiners")
    ):
        reader.meet(before)
    return token


def _mind_clause(reader: _Reader, before: str, word: str, after: str) -> None:
    """Begin a clause anew at a word that begins one; two names in a row make a plural subject."""
    if word in ".;:!?":
        reader.clause = reader.plural = False
    elif word in _group("clauses") and word not in {"and", "or", "but"}:
        reader.clause = False
    elif word in {"and", "or", "but"} and (after in reader.names or after.lower() in _NOMINATIVE | _PLURAL):
        reader.plural = before in reader.names
        reader.clause = False if not reader.plural or not reader.finite else reader.clause
