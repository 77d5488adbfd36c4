"""English as the built-in model tells stories in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storygen.rehearsal.english_beats import infinitive, retell
from storygen.rehearsal.english_verbs import gerund, participle, past, plural, third_person
from storygen.rehearsal.figures import Kind
from storygen.rehearsal.grammar import Grammar, Verb, clock, grammar, word_file

_PRONOUNS = {
    Kind.SHE: {"he": "she", "him": "her", "his": "her", "himself": "herself"},
    Kind.HE: {"he": "he", "him": "him", "his": "his", "himself": "himself"},
    Kind.I: {"he": "I", "him": "me", "his": "my", "himself": "myself"},
}
_PERSONS = {Kind.SHE: "s", Kind.HE: "s", Kind.I: "I"}
_BE = {"s": ("is", "was"), "p": ("are", "were"), "I": ("am", "was")}
_AN = re.compile(r"\b([Aa])n? (?=(['\"]?\w+))")
_VOWEL = re.compile(
    r"['\"]?(?:hour|honest|honou?r|heir|(?!uni|use|usu|eu|one\b|once\b|ut[ei])[aeiou])", re.IGNORECASE
)
_CAPITAL = re.compile(r"(?:^|(?<=[.!?]) |(?<=[.!?]\") )\W*?[a-z]")
_TOPIC = re.compile(
    r"\b(?:the|an?|his|their|its|['’]s) ([a-z]{3,}(?<!ly)(?<!ing)(?<!ed)(?<!s))"
    r"(?=[.,;:!?]|$| (?:in|on|at|of|and|to|for"
    r"|with|that|who|which|under|over|from|by|is|are|has|beside|before|into|onto|against|because)\b)"
)
_TWICE = re.compile(r"\b([a-z]{3,}) \1\b")
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
        single = _TWICE.sub(r"\1", " ".join(sentence.split()))
        articled = _AN.sub(_article, single)
        for british, spelling in _AMERICAN if self.american else ():
            articled = british.sub(spelling, articled)
        return _CAPITAL.sub(lambda found: found[0][:-1] + found[0][-1].upper(), articled)

    def retell(self, beat: str, *, present: bool, names: Sequence[str], narrator: str) -> str:
        """Return *beat* as narrative, or nothing where that is not safe."""
        return retell(beat, present=present, names=names, narrator=narrator)

    def topics(self, line: str) -> tuple[str, ...]:
        """Return the things that *line* surely names: one word after an article, with its phrase at an end.

        >>> English().topics("She finds the log book and a key, and tells her to stop.")
        ('the key',)
        """
        words = word_file("english-verbs")
        unsure = {*words["vague"], *words["determiners"], *words["stop"]}
        found = (noun for noun in _TOPIC.findall(line) if noun not in unsure and not infinitive(noun))
        return tuple(f"the {noun}" for noun in found)

    def owed(self, word: str) -> str:
        """Return the noun in -ing, if *word* is a verb: thinks is thinking."""
        lemma = infinitive(word)
        return gerund(lemma) if lemma else ""

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
