"""Lays out one section of fiction: lead-up, beat, aftermath, and talk in between."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from storygen.rehearsal.card import Card
from storygen.rehearsal.carrying import carries, content, lost
from storygen.rehearsal.chance import Chance
from storygen.rehearsal.figures import Figure, Kind
from storygen.rehearsal.plot import Beat, Plot, fitted, plot
from storygen.rehearsal.speech import Marks, hold, mark, marks
from storygen.rehearsal.telling import Teller
from storygen.rehearsal.tongues import tongue_of
from storygen.text.words import count_words

_TINY = 60
_TRIES = 24
_PARAGRAPHS = (
    ("setting", "action", "pair", "action"),
    ("action", "thought", "action"),
    ("pair", "setting", "action", "thought", "action"),
    ("memory", "thought"),
    ("action", "pair", "sense"),
    ("thought", "action", "memory", "action"),
    ("pair", "action"),
    ("passing", "pair", "action"),
    ("action", "setting", "pair", "action", "pair", "thought"),
    ("pair", "sense"),
    ("action", "pair"),
)
"""How paragraphs of narrative are made: groups of sentences in a row."""


def section(card: Card, attempt: int) -> str:
    """Return a section for *card*; another *attempt* is another draft, and may differ a little in length."""
    story = plot(card, tongue_of(card.lang))
    teller = Teller(
        story.tongue, Chance(f"{attempt} {card!r}"), story.facts, {"A": story.hero}, present=card.present
    )
    return _Draft(card, story, teller, marks(card.quotes, card.lang)).written()


@dataclass(slots=True)
class _Draft:
    """A section while it is being written: its paragraphs and words so far, what is being talked of."""

    card: Card
    plot: Plot
    teller: Teller
    marks: Marks
    paragraphs: list[str] = field(default_factory=list)
    words: int = 0
    topics: tuple[str, ...] = ()
    noted: bool = False

    def written(self) -> str:
        """Lead up to each beat, land it and go on; after the last one, close."""
        room = self.card.words
        beats = fitted(self.plot.beats, room if room < _TINY else room * 3 // 4)
        *landings, last = [self.landing(beat) for beat in beats] or [self.named()]
        closing = [self.teller.tell(group) for group in ("settling", "closing")[2 - min(2, room // _TINY) :]]
        ending = " ".join([last, *closing])
        self.teller.turn()
        for number, landing in enumerate(landings):
            self.meet(beats[number], number)
            self.fill(int(room * (number + 0.6) / len(beats)) - self.words - count_words(landing))
            self.add([landing, self.teller.tell("after")] if room > 40 * len(beats) else [landing])
        self.meet(beats[-1] if beats else Beat(""), len(landings))
        self.fill(room - self.words - count_words(ending))
        return "\n\n".join([*self.paragraphs, mark(ending, self.marks)])

    def named(self) -> str:
        """Return what stands for an event where the card has none."""
        return self.teller.tell("named" if "title" in self.plot.facts else "memory")

    def landing(self, beat: Beat) -> str:
        """Return *beat* as narrative, else word for word, the first time after a sentence that carries it."""
        hero, tongue = self.plot.hero, self.plot.tongue
        names = [figure.name for figure in (hero, *self.plot.others) if figure.name]
        narrator = hero.name if hero.kind is Kind.I else ""
        told = tongue.retell(beat.text, present=self.card.present, names=names, narrator=narrator)
        owed = beat.text.replace(narrator, "") if narrator else beat.text
        told = told and (self.repaid(_ended(told), beat.text) or self.repaid(_ended(told), owed))
        line = hold(told or _ended(beat.text))
        if told or self.noted or self.card.words < _TINY:
            return line
        self.noted = True
        return f"{self.teller.tell('note')} {line}"

    def repaid(self, told: str, beat: str) -> str:
        """Return *told*, with sentences for verbs it lost, if it then carries *beat*; else nothing."""
        stop = self.plot.tongue.stop()
        if carries(told, beat, stop=stop):
            return told
        for word in lost(told, beat, stop=stop)[:3]:
            owed = self.plot.tongue.owed(word)
            if not owed or content(owed, stop=stop) != content(word, stop=stop):
                continue
            told = f"{told} {self.teller.tell('owed', lost=owed)}"
            if carries(told, beat, stop=stop):
                return told
        return ""

    def meet(self, beat: Beat, number: int) -> None:
        """Let the figure of *beat* who is not the hero stand beside the hero; else the next in turn."""
        self.topics = beat.topics
        others = self.plot.others
        there = [figure for figure in others if figure.name in beat.people]
        if others:
            self.teller.figures["B"] = there[0] if there else others[number % len(others)]

    def add(self, sentences: list[str]) -> None:
        """Add a paragraph."""
        paragraph = mark(" ".join(sentences), self.marks)
        self.paragraphs.append(paragraph)
        self.words += count_words(paragraph)
        self.teller.turn()

    def fill(self, room: int) -> None:
        """Add narrative and talk of about *room* words."""
        end = self.words + room
        if not self.paragraphs and room > _TINY // 3:
            self.open()
        spoken = False
        while end - self.words >= _TINY // 2:
            spoken = not spoken and (self.silent() or self.teller.chance.below(2) > 0)
            (self.talk if spoken else self.narrate)(end - self.words)
        if end - self.words > 1:
            self.fit(end - self.words)

    def fit(self, room: int) -> None:
        """Add the sentence, of some, whose length is nearest to *room*, if that is nearer than none."""
        group = "brief" if self.card.words < 2 * _TINY and room < _TINY // 6 else "action"
        lines = [self.teller.tell(group) for _ in range(_TRIES)]
        best = min(lines, key=lambda line: abs(count_words(line) - room))
        if abs(count_words(best) - room) < room:
            self.add([best])

    def silent(self) -> bool:
        """Say whether nobody has spoken yet though something has been told."""
        return len(self.paragraphs) > 1 and not any(self.marks.opening in text for text in self.paragraphs)

    def open(self) -> None:
        """Begin: a first sentence, the hour if the card has one, the place."""
        groups = ["opening", "dated", "setting"] if "time" in self.plot.facts else ["opening", "setting"]
        self.add([self.teller.tell(group) for group in groups])

    def narrate(self, room: int) -> None:
        """Add one paragraph of narrative, of *room* words at most."""
        sentences: list[str] = []
        for group in self.teller.chance.deal("paragraphs", _PARAGRAPHS):
            if group == "pair" and "B" not in self.teller.figures:
                continue
            sentence = self.teller.tell(group)
            room -= count_words(sentence)
            if room < 0 and sentences:
                break
            sentences.append(sentence)
        if sentences:
            self.add(sentences)

    def talk(self, room: int) -> None:
        """Add a short exchange, or a word to nobody where nobody else is there."""
        hero, other = self.plot.hero, self.teller.figures.get("B")
        if other is None:
            self.add([self.teller.tell("solo", **self.subject())])
            return
        end = self.words + room
        group = self.teller.chance.one(("question", "remark"))
        for turn in range(2 + self.teller.chance.below(4)):
            speaker, listener = (hero, other) if turn % 2 else (other, hero)
            line = self.turn(group, speaker, listener, first=turn == 0)
            if turn and self.words + count_words(line) > end:
                break
            self.add([line])
            group = (
                "answer" if group == "question" else self.teller.chance.one(("question", "remark", "remark"))
            )

    def subject(self) -> dict[str, str]:
        """Return what is talked about: something of the next beat, else something at hand."""
        if self.topics and self.teller.chance.below(3):
            return {"topic": self.teller.chance.one(self.topics)}
        thing = self.teller.tell("small_talk")
        return {"topic": thing[0].lower() + thing[1:]}

    def turn(self, group: str, speaker: Figure, listener: Figure, *, first: bool) -> str:
        """Return one turn of talk, its speech between straight quotes; the *first* says who speaks."""
        teller = self.teller
        teller.figures["S"] = speaker
        called = f", {listener.name}" if listener.name and not teller.chance.below(4) else ""
        begun, _, rest = teller.tell(group, you=called, **self.subject()).partition(" / ")
        ended = begun[-1] in ".?!"
        rest = _large(rest) if ended else rest
        whole = f"{begun}{',' if called and begun[-1].isalnum() else ''} {rest}"
        match teller.chance.below(6 if first else 8):
            case 0 | 1 | 2:
                return f'"{_open(begun)}" {self.tag()}{"." if ended else ","} "{rest}"'
            case 3 | 4 | 5:
                return f'"{_open(whole)}" {self.tag()}.'
            case 6:
                return f'"{whole}" {teller.tell("stage", who="S")}'
            case _:
                return f'"{whole}"'

    def tag(self) -> str:
        """Return who says it and how, beginning small unless it begins with a name."""
        tag, speaker = self.teller.tell("tag", who="S"), self.teller.figures["S"]
        return tag if tag.startswith((speaker.name or "I ", "I ")) else tag[0].lower() + tag[1:]


def _large(words: str) -> str:
    return re.sub(r"\w", lambda letter: letter[0].upper(), words, count=1)


def _open(line: str) -> str:
    return line if line[-1] in ",?!" else f"{line.rstrip('.')},"


def _ended(line: str) -> str:
    capital = line[:1].upper() + line[1:]
    return capital if re.search(r"[.!?…][\"”’»)*_`]*$", line) else f"{capital}."
