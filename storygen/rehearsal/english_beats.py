"""Turns an English beat, written in the present, into narrative: all its finite verbs, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
_MODALS = {"can": "could", "will": "would", "may": "might", "shall": "should"}
_NOMINATIVE = {"i", "he", "she", "it", "who", "that", "which", "there", "nobody", "somebody", "everybody"}
_NOMINATIVE |= {"everyone", "someone", "nothing", "something", "anybody", "anyone", "everything"}
_PLURAL = {"they", "we", "you", "i", "who"}
_JOINING = {"and", "or", "but", ",", "then"}
_ADVERB = re.compile(r"\w+ly$|(?:never|still|also|then|only|again|once|twice|now|always|already|soon|even)$")
_THING = re.compile(
    r"(?:the|an?|his|her|its|their|my|him|it|them|me|us|this|that|what|which|how|why|whether|where|\w+ly|[A-Z]\w*)$"
)
_OBJECT = re.compile(
    rf"(?:{_THING.pattern[3:-2]}|both|each|every|all|no)$|(?:to|into|onto|at|on|in|out|up|down|off|over|under|back|away|across|through|from|with|for|about"
    r"|by|who|nothing|against|behind|after|only|not|as)$"
)
_END = frozenset(".;:!?")
_FOR_SEVERAL = frozenset({"do", "are", "were", "have"})
_BEFORE_PARTICIPLE = frozenset({"be", "been", "being", "have", "had", "has"})
_NO_VERB_BEFORE = _FOR_SEVERAL | {"of", "and", "or", "that", "which", "is", "who"}


@cache
def _group(name: str) -> frozenset[str]:
    return frozenset(word for item in word_file("english-verbs")[name] for word in item.split())


@cache
def _lemmas() -> frozenset[str]:
    return _group("regular") | {entry.split()[0] for entry in word_file("english-verbs")["irregular"]}


@cache
def _thirds() -> dict[str, str]:
    return {third_person(lemma): lemma for lemma in _lemmas()}


@cache
def _pasts() -> frozenset[str]:
    return frozenset(map(past, _lemmas())) | {"was", "were", "had", "did", "could", "would"}


def _finite(word: str) -> bool:
    return word in _thirds() or word in _ALWAYS or word in _MODALS


def _modifies(before: str) -> bool:
    """Say whether the word after *before* belongs to a noun."""
    return (
        before.lower() in _group("determiners") or before.endswith(("'s", "’s", "s'", "s’")) or before == "-"
    )


def _guessed(word: str) -> str:
    """Return the lemma that *word* would have if it were the third person of a verb nobody listed."""
    if not re.fullmatch(r"[a-z]{3,}[^siu\W]s|[a-z]{2,}(?:ss|ch|sh|x)es", word):
        return ""
    stem = word[:-2] if re.search(r"(?:ss|ch|sh|x|o)es$", word) else word[:-1]
    return re.sub(r"(?<=[^aeiou])ie$", "y", stem)


@dataclass(slots=True)
class _Reader:
    """Reads a beat word by word and says which words are finite verbs of its clauses."""

    words: Sequence[str]
    names: frozenset[str]
    present: bool
    place: int = 0
    clause: bool = False
    plural: bool = False
    narrator: bool = False
    finite: int = 0
    sure: bool = True

    def at(self, step: int) -> str:
        """Return the word *step* words away; nothing outside of the beat."""
        place = self.place + step
        return self.words[place] if 0 <= place < len(self.words) else ""

    def retold(self) -> str:
        """Return the word in the tense of the story if it is finite here, and go on to the next."""
        token, before = self.at(0), self.at(-1)
        word = token.lower().replace("’", "'")
        self._mind_clause(word)
        told = token
        if word in _ALWAYS or (word in _MODALS and token == word and not _modifies(before)):
            changed = self._tell(token, {**_ALWAYS, **_MODALS}[word], _MINE.get(word, word))
            told = changed if token[0].islower() else changed.capitalize()
        elif token == word and (lemma := self._lemma(word)):
            told = self._tell(token, self._past(lemma), lemma)
        elif word in _pasts() and before and not self.clause and not _modifies(before):
            self._meet()
        elif word in _thirds() and word not in _group("nounlike") and not _modifies(before):
            self.sure = False
        elif not self.clause and _several(token) and token not in self.names:
            self.plural = self.plural or not any(_opens_phrase(each) for each in self._begun())
        self.place += 1
        return told

    def _past(self, lemma: str) -> str:
        person = self.at(-1) in self.names or self.at(-1).lower() in _NOMINATIVE
        if lemma == "lie" and self.at(1) in {"to", "about"}:
            return "lied"
        return "costed" if lemma == "cost" and person else past(lemma)

    def _tell(self, token: str, past_form: str, mine: str) -> str:
        self._meet()
        return past_form if not self.present else mine if self.narrator else token

    def _meet(self) -> None:
        """Note a finite verb, and whether the narrator is its subject."""
        before = self.at(-1)
        self.clause = True
        self.finite += 1
        self.narrator = before == "I" or (self.narrator and before.lower() in _JOINING)

    def _lemma(self, word: str) -> str:
        """Return the lemma of *word* if it is a finite verb in the present here, else nothing."""
        third = _thirds().get(word, "")
        if self._third(word, known=bool(third)):
            self.plural = False
            return third or _guessed(word)
        if word in _lemmas() - {"like"} and self._plain(word):
            self.plural = True
            return word
        return ""

    def _third(self, word: str, *, known: bool) -> bool:
        before, after = self.at(-1), self.at(1)
        low = before.lower()
        if not before or _modifies(before) or after in _FOR_SEVERAL or not (known or _guessed(word)):
            return False
        if low in _NOMINATIVE or before in self.names or (known and _ADVERB.match(low)):
            return True
        if low in _JOINING:
            return self._joined(word, known=known)
        if not known:
            return (
                not self.clause
                and bool(_THING.match(after))
                and after.islower()
                and not _opens_phrase(before)
            )
        return not self.clause and not (after in _lemmas() - {"like"} and _sure(after))

    def _joined(self, word: str, *, known: bool) -> bool:
        """Say whether *word*, after a comma or and, is a verb that shares its subject."""
        after, ahead = self.at(1), self.at(-3) if self.at(-2) == "," else self.at(-2)
        if self.finite == 0:
            return known and self.at(-1) == "," and not self.plural
        if not known:
            return bool(_THING.match(after)) and not ahead.endswith("s")
        if word in _group("nounlike"):
            if _several(ahead):
                return bool(_OBJECT.match(after))
            ends = word in _group("intransitive") and after in _END
            return ends or (after.isalpha() and after not in _NO_VERB_BEFORE)
        return True

    def _plain(self, word: str) -> bool:
        low, after = self.at(-1).lower(), self.at(1)
        if low in _PLURAL - {"who"}:
            return True
        if low in {"that", "which", "who"}:
            return _several(self.at(-3) if self.at(-2) == "," else self.at(-2))
        if low in {"and", ","}:
            return self.plural and self.finite > 0 and bool(_OBJECT.match(after))
        if self.clause or not self.plural or _modifies(low) or low == "to":
            return False
        if _sure(word) or _several(low):
            return not _finite(after.lower())
        return bool(_OBJECT.match(after)) or after in _END

    def _mind_clause(self, word: str) -> None:
        """Begin a clause anew at a word that begins one; two names in a row make a plural subject."""
        before, after = self.at(-1), self.at(1)
        if word in _END or word in _group("clauses") - {"and", "or", "but"}:
            self.clause = self.plural = False
        elif word in {"and", "or", "but"} and (after in self.names or after.lower() in _NOMINATIVE | _PLURAL):
            self.plural = before in self.names
            self.clause = False if not self.plural or not self.finite else self.clause
        elif word in {"and", "or", "but", ","} and self.clause and self._verb_ahead():
            self.clause = self.plural = False

    def _verb_ahead(self) -> bool:
        """Say whether the words up to the next joint are a clause: a verb after its own subject."""
        ahead = self.words[self.place + 1 : self.place + 10]
        for number, word in enumerate(ahead):
            low, before = word.lower(), ahead[number - 1]
            if low in _group("clauses") or word in _END or word == ",":
                return False
            verb = _finite(low) or low in _pasts() or (low in _lemmas() and _several(before))
            if number > 0 and verb and not _modifies(before) and before not in _BEFORE_PARTICIPLE:
                return True
        return False

    def _begun(self) -> list[str]:
        """Return the words of this clause so far, at most six."""
        begun: list[str] = []
        for word in reversed(self.words[max(0, self.place - 6) : self.place]):
            if word in _END or word == "," or word.lower() in _group("clauses"):
                break
            begun.append(word)
        return begun


def _several(word: str) -> bool:
    plain = word.endswith("s") and not word.endswith(("ss", "us", "'s", "’s"))
    return plain or word in {"people", "men", "women", "children", "police", "both"}


def infinitive(word: str) -> str:
    """Return the lemma of *word* where it is a verb that English outlines use in the present, else nothing.

    >>> infinitive("thinks"), infinitive("give"), infinitive("lamp")
    ('think', 'give', '')
    """
    return _thirds().get(word) or (word if word in _lemmas() else "")


def _sure(lemma: str) -> bool:
    return third_person(lemma) not in _group("nounlike")


def _opens_phrase(word: str) -> bool:
    return word.lower() in _group("prepositions")


def retell(beat: str, *, present: bool, names: Iterable[str], narrator: str = "") -> str:
    """Return *beat* as narrative in the past or present; nothing where a finite verb is unsure.

    With a *narrator*, that name becomes I.

    >>> retell("Anna sees the lamp, though nobody is on the island.", present=False, names=["Anna"])
    'Anna saw the lamp, though nobody was on the island.'
    >>> retell("Tom nudges a tin, and eleven shoppers watch which side sinks.", present=False, names=["Tom"])
    'Tom nudged a tin, and eleven shoppers watched which side sank.'
    >>> retell("Write about the sea", present=False, names=[])
    ''
    """
    if narrator:
        beat = as_narrator(beat, narrator=narrator, names=names, verb=_finite)
    tokens = _TOKEN.findall(beat)
    parts = frozenset(part for name in names for part in name.split())
    reader = _Reader([token for token in tokens if token.strip()], parts, present)
    told, quoted = list(tokens), False
    for number, piece in enumerate(tokens):
        if not piece.strip():
            continue
        quoted ^= piece in '"“”«»'
        if quoted:
            reader.place += 1
        else:
            told[number] = reader.retold()
    return "".join(told) if reader.finite and reader.sure else ""
