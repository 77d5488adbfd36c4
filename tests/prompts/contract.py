"""What a prompt has to say, whoever changes the templates: each promise is a check of what is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from storygen.messages import Message, Role
from storygen.outline.tree import Ending, Kind, Outline, Section
from storygen.prompts.context import Context
from storygen.prompts.edges import TAIL_WORDS
from storygen.prompts.variables import LONGEST_AVOID
from storygen.text.languages import language
from storygen.text.tokens import count_tokens
from storygen.text.words import count_words
from tests.prompts.generated import prose

HEADINGS = [
    f"# {heading}\n"
    for heading in ("Conventions", "Craft", "The reply", "Not in this book", "Always true", "The whole book")
]
TAGS = [f"<{tag}>\n" for tag in ("codex", "facts", "recap", "tail", "card")]
"""The order of what a prompt holds, where it holds it."""

FULL = 600
"""Tokens of a tail that could not be twice as long within its limit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A section, and what a model is told to have it written; `before` is the text that it goes on from."""

    outline: Outline
    section: Section
    context: Context
    messages: tuple[Message, ...]
    before: Sequence[str] = ()

    @property
    def system(self) -> str:
        """What is the same for the whole book."""
        return self.messages[0].text

    @property
    def user(self) -> str:
        """What is said of this section."""
        return self.messages[1].text

    @property
    def card(self) -> str:
        """The card, without its tags."""
        return self.user.partition("<card>\n")[2].partition("\n</card>")[0]


Check = Callable[[Asked], bool]


def has_lines(text: str, *lines: str) -> bool:
    """Say whether *text* has every one of *lines* as a line of its own."""
    return set(lines) <= set(text.split("\n"))


def card_lines(asked: Asked) -> Iterator[str]:
    """Yield the lines that the card of a section has to have."""
    section, fiction = asked.section, asked.outline.kind is Kind.FICTION
    yield f"Title: {section.title}"
    yield from (f"Summary: {section.summary}" for _ in [0] if section.summary)
    yield from (f"State on entering: {section.enter}" for _ in [0] if section.enter)
    yield from (f"State on leaving: {section.leave}" for _ in [0] if section.leave)
    yield from (f"- `{text}`" for text in section.must)
    yield from (f"- {fact}" for fact in section.facts)
    yield from (f"{name.capitalize()}: {text}" for name, text in section.story.items())
    yield from (f"{number}. {beat}" for number, beat in enumerate(section.beats, 1))
    if not fiction:
        yield from (f"Type: {section.type}" for _ in [0] if section.type)
        return
    yield from (f"Point of view: {section.pov}" for _ in [0] if section.pov)
    yield from (f"Cast: {', '.join(section.cast)}" for _ in [0] if section.cast)
    yield from (f"Place: {section.place}" for _ in [0] if section.place)
    yield from (f"Time: {section.time}" for _ in [0] if section.time)
    yield from (f"- {thread}" for thread in (*section.plant, *section.pay))
    yield from (f"Ending: {section.ending}" for _ in [0] if section.ending)


def tells_the_card(asked: Asked) -> bool:
    """Whether every field of the card is there, the beats in their order."""
    beats = re.findall(r"^\d+\. (.*)$", asked.card, re.MULTILINE)
    return has_lines(asked.card, *card_lines(asked)) and list(asked.section.beats) == beats


def tells_the_words(asked: Asked) -> bool:
    """Whether the card says how many words are wanted."""
    words = asked.section.words
    return has_lines(asked.card, f"Words: {words.low:,} to {words.high:,}, about {words.aim:,}")


def declares_conventions(asked: Asked) -> bool:
    """Whether the system message says the conventions, all that there are."""
    outline, style = asked.outline, asked.outline.style
    known = language(outline.lang)
    said = {"Person": style.person, "Tense": style.tense, "Quotes": style.quotes, "Tone": style.tone}
    lines = [f"{name}: {text}" for name, text in said.items() if text]
    name = f"Language: {outline.lang}{f' ({known.name})' if known else ''}"
    marked = outline.lang.startswith("en") or "\nQuotes: " in asked.system
    return marked and has_lines(asked.system, f"Kind: {outline.kind}", name, *lines)


def names_the_language_last(asked: Asked) -> bool:
    """Whether another language than English is said once more, where it is read last."""
    known = language(asked.outline.lang)
    if known and known.code.startswith("en"):
        return True
    said = f", in {known.name}" if known else f"language ({asked.outline.lang})"
    return said in last_line(asked) and (known is None or known.write in last_line(asked))


def last_line(asked: Asked) -> str:
    """Return the last thing that a section is told."""
    return asked.user.rpartition("\n")[2]


def ends_with_the_two_rules(asked: Asked) -> bool:
    """Whether the two rules that are broken most come last: only this section, and where to stop."""
    where = (
        "when the last beat has landed." if asked.section.beats else "as soon as it has done what its card"
    )
    return last_line(asked).startswith("Write only this section") and f"Stop {where}" in last_line(asked)


def asks_for_text_alone(asked: Asked) -> bool:
    """Whether the reply has to be the text of this section, with nothing around it."""
    return all(
        part in asked.system
        for part in ("The text of the section and nothing else", "\n- This section only.")
    )


def fences_the_next_beat(asked: Asked) -> bool:
    """Whether what the next section begins with is the line not to cross, and nothing else of it is told."""
    after = asked.outline.sections[asked.section.position : asked.section.position + 1]
    first = [next(iter(each.beats), "") or each.summary or each.title for each in after]
    fence = r"^The line not to cross \(it belongs to the next section\): (.*)$"
    told = [beat for each in after for beat in each.beats[1:] if beat in asked.user]
    return (first, []) == (re.findall(fence, asked.card, re.MULTILINE), told)


def goes_on_from_a_sentence(asked: Asked) -> bool:
    """Whether the tail is the end of the text before, verbatim, and begins where a sentence does."""
    tail = asked.user.partition("<tail>\n")[2].partition("\n</tail>")[0]
    text = prose(asked.before)
    enough = count_words(tail) >= min(TAIL_WORDS, count_words(text)) or count_tokens(tail) > FULL
    return text.endswith(tail) and enough and (not text or tail.startswith(tuple(asked.before)))


def comes_in_order(asked: Asked) -> bool:
    """Whether what changes least comes first, and the task last."""
    headings = ("Conventions", "Craft", "The reply", "Not in this book", "Always true", "The whole book")
    system = [
        asked.system.index(f"# {heading}\n") for heading in headings if f"# {heading}\n" in asked.system
    ]
    tags = [f"<{tag}>\n" for tag in ("codex", "facts", "recap", "tail", "card")]
    user = [asked.user.index(tag) for tag in tags if tag in asked.user]
    return (sorted(system), sorted(user)) == (system, user) and user[-1] == asked.user.index("<card>\n")


def is_a_session_of_its_own(asked: Asked) -> bool:
    """Whether a section is one request: the fixed part, then its own, and no conversation before it."""
    marks = [(message.role, message.cached) for message in asked.messages]
    return marks == [(Role.SYSTEM, True), (Role.USER, False)]


def forbids_few_phrases(asked: Asked) -> bool:
    """Whether the phrases to avoid are listed, and no more than anybody would heed."""
    listed = asked.system.partition("# Not in this book")[2].partition("\n#")[0].count("\n- ")
    return listed == min(LONGEST_AVOID, len(asked.outline.style.avoid))


def varies(asked: Asked) -> bool:
    """Whether how earlier sections begin and end is listed, so that this one does otherwise."""
    openings = [f"- {opening} …" for opening in asked.context.openings]
    endings = [f"- {ending}" for ending in asked.context.endings if asked.outline.kind is Kind.FICTION]
    return has_lines(asked.user, *openings, *endings)


def tells_the_end_what_is_open(asked: Asked) -> bool:
    """Whether the last section of a story is told the threads that nothing has paid off."""
    final = asked.section.ending is Ending.FINAL and asked.outline.kind is Kind.FICTION
    return not final or has_lines(asked.card, *(f"- {thread}" for thread in asked.context.threads))
