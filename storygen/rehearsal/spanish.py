"""Spanish as the built-in model tells stories in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storygen.rehearsal.figures import Kind
from storygen.rehearsal.grammar import Grammar, Verb, clock, grammar, word_file
from storygen.rehearsal.spanish_beats import retell, singular
from storygen.rehearsal.spanish_verbs import agreed, conjugated, plural

_PRONOUNS = {"he": "", "him": "le", "his": "su"}
_MINE = {"he": "", "him": "me", "his": "mi"}
_CONTRACTED = re.compile(r"\b([Dd]e|[Aa]) el (?=[\wáéíóúñ])")
_EUPHONY = ((re.compile(r"\by (?=[Hh]?[iíIÍ](?!e))"), "e "), (re.compile(r"\bo (?=[Hh]?[oóOÓ])"), "u "))
_AGREEING = ("a", "p", "f", "m")
_DEFINITE = {"un": "el", "una": "la"}
_TOPIC = re.compile(
    r"\b(el|la|un|una) ([a-záéíóúñ]{3,})(?=[.,;:!?]|$| (?:de|del|en|y|a|al|por|para|ya|está|es)\b)"
)
_BARE = re.compile(r"(?!(?:el|la|los|las|un|una|su|mi)\b)[a-záéíóúñ]")
_FEMININE = re.compile(r"(?:as?|ción|dad)$")
_CAPITAL = re.compile(r"^\W*\w|(?<=[.!?] )[\"¿¡]*\w|(?<=[.!?]\" )\w")


class Spanish:
    """Spanish as the teller needs it."""

    def grammar(self) -> Grammar:
        """Return the Spanish word files, read."""
        return grammar("spanish", "spanish-clauses", "spanish-scenes", "spanish-talk")

    def pronoun(self, kind: Kind, form: str) -> str:
        """Return the clitic or possessive; the subject is left out, as Spanish does."""
        return (_MINE if kind is Kind.I else _PRONOUNS)[form]

    def owner(self, name: str) -> str:
        """Return the possessive: de Ana."""
        return f"de {name}"

    def bend(self, word: str, form: str, noun: str) -> tuple[str, str]:
        """Return a noun with the article that *form* asks for, or an adjective that agrees with *noun*.

        >>> Spanish().bend("la taza", "un", ""), Spanish().bend("roto", "a", "la taza")
        (('una taza', 'la taza'), ('rota', 'la taza'))
        """
        if form in _AGREEING:
            adjective = agreed(word, feminine=form == "f" or (form != "m" and noun.startswith("la ")))
            return plural(adjective) if form == "p" else adjective, noun
        if not word.startswith(("el ", "la ")):
            return word, noun
        bare = word[3:]
        match form:
            case "un":
                return f"{'una' if word.startswith('la ') else 'un'} {bare}", word
            case "x":
                return bare, word
            case "s":
                return plural(bare), word
            case _:
                return word, word

    def conjugate(self, verb: Verb, kind: Kind, *, present: bool) -> str:
        """Return the verb; forms are I, s, p for the person, with i for the imperfect, or to and ing."""
        lemma, space, rest = verb.lemma.partition(" ")
        reflexive = lemma.endswith("rse")
        stem = lemma.removesuffix("se") if reflexive else lemma
        if verb.form == "to":
            return lemma + space + rest
        own = "I" if kind is Kind.I else "s"
        person = verb.form.removesuffix("i") or own
        tense = "present" if present else "imperfect" if verb.form.endswith("i") else "past"
        clitic = {"I": "me ", "s": "se ", "p": "se "}[person] if reflexive else ""
        return clitic + conjugated(stem, tense, person) + space + rest

    def finish(self, sentence: str) -> str:
        """Settle contractions, y and o before their own sound, spaces and capitals.

        >>> Spanish().finish("miró  a el gato y Inés. luego nada.")
        'Miró al gato e Inés. Luego nada.'
        """
        single = re.sub(r" (?=[,;:.])", "", " ".join(sentence.split()))
        settled = _CONTRACTED.sub(r"\1l ", single)
        for clash, remedy in _EUPHONY:
            settled = clash.sub(remedy, settled)
        return _CAPITAL.sub(lambda found: found[0][:-1] + found[0][-1].upper(), settled)

    def retell(self, beat: str, *, present: bool, names: Sequence[str], narrator: str) -> str:
        """Return *beat* as narrative, or nothing where that is not safe; a narrator's own name is not."""
        narrated = bool(narrator) and narrator in beat
        return "" if narrated else retell(beat, present=present, names=names)

    def topics(self, line: str) -> tuple[str, ...]:
        """Return the things that *line* names after an article.

        >>> Spanish().topics("Ana ve una lámpara ya encendida en la isla.")
        ('la lámpara', 'la isla')
        """
        vague = word_file("spanish-verbs")["vague"]
        found = ((_DEFINITE.get(article, article), noun.lower()) for article, noun in _TOPIC.findall(line))
        return tuple(
            f"{article} {noun}" for article, noun in found if noun not in vague and not singular(noun)
        )

    def owed(self, word: str) -> str:
        """Return *word*, if it is one thing's verb in the present, as a saying may use it: así se dice."""
        return word if singular(word) else ""

    def place(self, name: str) -> str:
        """Return *name* fit to stand after a preposition: barca del correo is la barca del correo."""
        if not _BARE.match(name):
            return name
        head = name.partition(" ")[0]
        article = ("los", "las") if head.endswith("s") else ("el", "la")
        return f"{article[_FEMININE.search(head) is not None]} {name}"

    def hours(self, time: str) -> dict[str, str]:
        """Return what the hour is called at *time*, as `{hora}`: al anochecer is la tarde."""
        return {"hora": clock("spanish", time) or "la hora"}

    def stop(self) -> frozenset[str]:
        """Return the words that carry no content."""
        return frozenset(word_file("spanish-verbs")["stop"])
