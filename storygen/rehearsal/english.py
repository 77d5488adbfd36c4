"""English as the built-in model tells stories in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storygen.rehearsal.english_beats import retell
from storygen.rehearsal.english_verbs import gerund, participle, past, plural, third_person
from storygen.rehearsal.figures import Kind
from storygen.rehearsal.grammar import Grammar, Verb, clock, grammar, word_file

_PRONOUNS = {
    Kind.SHE: {"he": "she", "him": "her", "his": "her", "himself": "herself"},
    Kind.HE: {"he": "he", "him": "him", "his": "his", "himself": "himself"},
    Kind.THEY: {"he": "they", "him": "them", "his": "their", "himself": "themselves"},
    Kind.I: {"he": "I", "him": "me", "his": "my", "himself": "myself"},
}
_PERSONS = {Kind.SHE: "s", Kind.HE: "s", Kind.THEY: "p", Kind.I: "I"}
_BE = {"s": ("is", "was"), "p": ("are", "were"), "I": ("am", "was")}
_AN = re.compile(r"\b([Aa])n? (?=(['\"]?\w+))")
_VOWEL = re.compile(
    r"['\"]?(?:hour|honest|honou?r|heir|(?!uni|use|usu|eu|one\b|once\b|ut[ei])[aeiou])", re.IGNORECASE
)
_CAPITAL = re.compile(r"(?:^|(?<=[.!?]) |(?<=[.!?]\") )\W*?[a-z]")
_ORDINALS = {"two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_ORDINALS |= {"twelve": "twelfth", "twenty": "twentieth", "thirty": "thirtieth", "forty": "fortieth"}
_ORDINALS |= {"fifty": "fiftieth", "sixty": "sixtieth", "seventy": "seventieth", "eighty": "eightieth"}
_ORDINALS |= {"ninety": "ninetieth"}
_TOPIC = re.compile(
    r"\b(?:the|an?|his|her|their|its) ((?:(?!the\b|an?\b)[^\W\d_]+ )?[^\W\d_]{3,})(?=[.,;:!?]|$| (?:in|on|at"
    r"|of|and|to|for|with|that|who|which|already|under|over|from|by|is|are|has|as|but|when)\b)"
)
_BARE = re.compile(r"(?!(?:the|an?|his|her|their|our|my)\b)(?:[a-z]|[A-Z]\S* (?:[a-z]|of ))", re.ASCII)


_AMERICAN = (
    (re.compile(r"\bgrey"), "gray"),
    (re.compile(r"\b(neighb|col|lab|hon|hum|parl|fav)our"), r"\1or"),
    (re.compile(r"(?<=apolog)is(?=e|ing)"), "iz"),
    (re.compile(r"\bmould"), "mold"),
    (re.compile(r"\bprogramme\b"), "program"),
    (re.compile(r"(?<=travel)l(?=ing|ed)|(?<=wool)l(?=en)"), ""),
    (re.compile(r"\btowards\b"), "toward"),
)


@dataclass(frozen=True, slots=True)
class English:
    """English as the teller needs it, in British spelling unless it is *american*."""

    american: bool = False

    def grammar(self) -> Grammar:
        """Return the English word files, read."""
        return grammar("english", "english-clauses", "english-scenes", "english-talk")

    def pronoun(self, kind: Kind, form: str) -> str:
        """Return she, her, her, herself and the like; the forms are named after his."""
        return _PRONOUNS[kind][form]

    def owner(self, name: str) -> str:
        """Return the possessive: Anna's."""
        return f"{name}'s"

    def bend(self, word: str, form: str, noun: str) -> tuple[str, str]:
        """Return the plural, the participle in -ing or the past participle, as *form* asks."""
        first, space, rest = word.partition(" ")
        match form:
            case "th":
                return _ORDINALS.get(word, f"{word}th"), noun
            case "pp":
                return participle(first) + space + rest, noun
            case "s":
                head, _, last = word.rpartition(" ")
                return f"{head} {plural(last)}".strip(), noun
            case _:
                return word, noun

    def conjugate(self, verb: Verb, kind: Kind, *, present: bool) -> str:
        """Return the verb in the past or present, in the subject's person."""
        person = verb.form or _PERSONS[kind]
        lemma, space, rest = verb.lemma.partition(" ")
        if person in ("to", "ing"):
            return (gerund(lemma) if person == "ing" else lemma) + space + rest
        if lemma == "be":
            return _BE[person][not present]
        if not present:
            return past(lemma) + space + rest
        return (third_person(lemma) if person == "s" else lemma) + space + rest

    def finish(self, sentence: str) -> str:
        """Settle a and an, spelling, spaces and capitals.

        >>> English().finish("a hour  passed. it was an useful one.")
        'An hour passed. It was a useful one.'
        >>> English(american=True).finish("the neighbour's grey hour of labour, lemon-coloured.")
        "The neighbor's gray hour of labor, lemon-colored."
        """
        single = " ".join(sentence.split())
        articled = _AN.sub(_article, single)
        for british, spelling in _AMERICAN if self.american else ():
            articled = british.sub(spelling, articled)
        return _CAPITAL.sub(lambda found: found[0][:-1] + found[0][-1].upper(), articled)

    def retell(self, beat: str, *, present: bool, names: Sequence[str], narrator: str) -> str:
        """Return *beat* as narrative, or nothing where that is not safe."""
        return retell(beat, present=present, names=names, narrator=narrator)

    def topics(self, line: str) -> tuple[str, ...]:
        """Return the things that *line* names after an article.

        >>> English().topics("She finds the log book, with a key.")
        ('the log book', 'the key')
        """
        return tuple(f"the {topic.lower()}" for topic in _TOPIC.findall(line))

    def place(self, name: str) -> str:
        """Return *name* fit to stand after a preposition: mail boat is the mail boat, Iona is Iona."""
        if not _BARE.match(name):
            return name
        return f"the {name}" if " of " in name else f"the {name[0].lower()}{name[1:]}"

    def hours(self, time: str) -> dict[str, str]:
        """Return what the hour is called at *time*, as `{hours}`: dusk is an evening."""
        return {"hours": clock("english", time) or "hour"}

    def stop(self) -> frozenset[str]:
        """Return the words that carry no content."""
        return frozenset(word_file("english-verbs")["stop"])


def _article(found: re.Match[str]) -> str:
    return f"{found[1]}n " if _VOWEL.match(found[2]) else f"{found[1]} "
