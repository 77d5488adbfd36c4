"""What is known to make long texts good: where each technique lives, and a check that misses it.

T12 is what the table of stop reasons says. T3 and T6 move words between sections and add none. T19 finds, and
leaves the mending to the author.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import pytest

from storygen.draft import Flag, Leg
from storygen.messages import Completion, Message, Request, Role, StopReason
from storygen.outline.plan_faults import plan_faults
from storygen.outline.planned import Constraint, Plan
from storygen.outline.tree import Ending, Kind, Outline, Style
from storygen.prompts.context import Context, Revision
from storygen.prompts.messages import section_messages
from storygen.prompts.plain import Variables
from storygen.prompts.shelf import Shelf
from storygen.prompts.shelving import read_shelf
from storygen.prompts.steps import STEPS
from storygen.prompts.templates import Templates
from storygen.prompts.variables import variables_of
from storygen.review.conventions import Conventions
from storygen.review.page import Piece
from storygen.review.report import review
from storygen.writer.attempt import fingerprint
from storygen.writer.reasons import Limits, Sitting, Step, judge
from storygen.writer.stretches import aim_of, first_stretch
from tests.outline.test_plan_faults import WHOLE, with_scene
from tests.prompts import contract
from tests.prompts.books import STYLE, book, context, section
from tests.prompts.contract import Asked, Check
from tests.prompts.generated import prose
from tests.writer.test_stretches import course

SYSTEM, USER, REVISE = "section/system.md.j2", "section/user.md.j2", "revise/user.md.j2"
SENTENCES = [f"She counted {number} gulls over the northern pier." for number in range(100)]
COPIED = "The lamp is lit by Anna with the last match of the box that Tom left there."
FORGOTTEN = Constraint("c3", "Nobody goes home.")
HABITS = (
    "The narrator does not explain afterwards what it meant.",
    "Groups of three, strings of “not this, not that, but”",
    "Break a section only where time or place jumps",
    "Stay in scene:",
    "no summing up, no moral, no hook",
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A check, what storygen does, which it lets pass, and what lacks the technique, which it does not."""

    check: Callable[[Any], bool]
    lacking: Callable[[], object]
    kept: Callable[[], object] | None = None

    def values(self) -> Iterator[object]:
        """Yield what storygen does: where nothing else is said, what it asks for a section of each kind."""
        yield from [self.kept()] if self.kept else [asked(kind=kind) for kind in Kind]


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique: its number, where it lives, and the proofs that it is missed where it is missing.

    A place is a block of a template, `section/user#card`, or a function, `storygen.writer.reasons:judge`.
    """

    number: int
    places: tuple[str, ...]
    proofs: tuple[Proof, ...]


def a_book(kind: Kind) -> Outline:
    """Return three sections that use every field there is."""
    fields: dict[str, Any] = {
        "summary": "Anna crosses alone.",
        "beats": ("Tom refuses payment.", "The lamp is lit."),
        "pov": "Anna Reyes",
        "cast": ("Tom",),
        "place": "the mail boat",
        "time": "dusk",
        "enter": "She is late.",
        "leave": "She is alone.",
        "facts": ("Anna has the only key.",),
        "plant": ("the letter",),
        "pay": ("the debt",),
        "style": replace(STYLE, avoid=tuple(f"worn phrase {number}" for number in range(40))),
    }
    last = section(
        3, style=fields["style"], ending=Ending.FINAL, beats=("Grace returns.", "She has read Ibsen.")
    )
    return book(section(1, **fields), section(2, **fields), last, kind=kind, style=fields["style"])


def asked(
    templates: Templates | None = None,
    *,
    position: int = 2,
    kind: Kind = Kind.FICTION,
    change: Callable[[Context], Context] = lambda found: found,
) -> Asked:
    """Return what a section of that book is asked, with other templates or another context than usual."""
    outline = a_book(kind)
    chosen = outline.sections[position - 1]
    found = change(context(outline, position, {each.id: prose(SENTENCES) for each in outline.sections}))
    messages = section_messages(outline, chosen, found, templates or Templates.read())
    return Asked(outline, chosen, found, messages, SENTENCES)


def without(pattern: str, name: str) -> Templates:
    """Return the shipped templates, and what *pattern* finds in those called *name* is not in them."""
    shelf = read_shelf(None)
    files = {
        path: replace(file, text=re.sub(pattern, "", file.text, flags=re.DOTALL))
        if path.endswith(name)
        else file
        for path, file in shelf.shipped.items()
    }
    assert files != shelf.shipped
    return Templates(Shelf({}, files))


def emptied(block: str, name: str) -> Templates:
    """Return the shipped templates with a *block* that says nothing."""
    return without(rf"(?<=\{{% block {block} %\}}).*?(?=\{{% endblock %\}})", name)


def lacks(check: Check, templates: Callable[[], Templates], *, position: int = 2) -> Proof:
    """Return the proof that *check* misses something in what a section is asked with *templates*."""
    return Proof(check, lambda: asked(templates(), position=position))


def says(*lines: str) -> Check:
    """Return the check that the rules for all sections say *lines*."""
    return lambda each: all(line in each.system for line in lines)


def tells_facts(each: Asked) -> bool:
    """Whether what earlier sections established about those who are here is told."""
    return contract.has_lines(each.user, "<facts>", "- Anna has the only key.")


def in_a_conversation() -> Asked:
    """Ask for a section as a chat would, with the one before it in front."""
    each = asked()
    before = (Message(Role.USER, "Write."), Message(Role.ASSISTANT, "It rained."))
    return replace(each, messages=(each.messages[0], *before, each.messages[1]))


def is_final(reason: StopReason) -> bool:
    """Whether nothing more is asked after a reply that ended so."""
    sitting = Sitting("He left, and", (Leg("He left, and", reason),))
    after, step = judge(sitting, Completion("He left, and", reason), limits=Limits(), full=False)
    return step is Step.STOP and Flag.REFUSED in after.flags


def rules_broken(*texts: str) -> set[str]:
    """Return the rules that a book of these *texts* breaks, which has one long beat."""
    style = Style(avoid=("like a physical blow",))
    sections = [section(number, beats=(COPIED,), style=style) for number in range(1, len(texts) + 1)]
    outline = book(*sections, style=style)
    pieces = [Piece(each, text) for each, text in zip(outline.sections, texts, strict=True)]
    found = review(Conventions.of(outline, sources={}, samples={}), pieces)
    return {finding.rule.removeprefix("review/") for finding in found.findings}


def finds(rule: str, *texts: str, but_not_in: tuple[str, ...]) -> Proof:
    """Return the proof that a review of *texts* finds *rule* broken, and in other texts does not."""
    return Proof(lambda each: rule in rules_broken(*each), lambda: but_not_in, lambda: texts)


def revised(templates: Templates | None = None) -> Asked:
    """Return what is asked of a section that is written anew with a note, for the second time."""
    return asked(
        templates, change=lambda found: replace(found, revision=Revision("It rained.", "colder", take=2))
    )


def keeps_what_is_good(each: Asked) -> bool:
    """Whether the text as it stands is given, to be revised, with what its author asks for."""
    rule = "Write it anew and whole: what is good in it stays, what is asked for changes."
    return "<current>\nIt rained.\n</current>" in each.user and rule in each.user and ": colder" in each.user


def is_another_take(each: Asked) -> bool:
    """Whether a variant is asked to be unlike the others."""
    return "This is take 2: begin elsewhere" in each.user


def is_the_same_request(texts: tuple[str, str]) -> bool:
    """Whether what was paid for one prompt answers the other."""
    one, other = (Request("m", (Message(Role.USER, text),), 100) for text in texts)
    return fingerprint(one) == fingerprint(other)


def of_a_plan(templates: Templates | None = None) -> str:
    """Return what the model is told that has its own plan before it."""
    return _told("plan", {**STEPS["plan"].own, "critique": 1}, templates)


def of_a_digest(templates: Templates | None = None) -> str:
    """Return what the model is told that sums up a section."""
    return _told_of_a_section("digest", templates)


def of_a_review(templates: Templates | None = None) -> str:
    """Return what the model is told that reviews a section."""
    return _told_of_a_section("review", templates)


def _told_of_a_section(step: str, templates: Templates | None) -> str:
    each = asked()
    given = variables_of(each.outline, each.section, each.context)
    return _told(step, {**given, **STEPS[step].own}, templates)


def _told(step: str, variables: Variables, templates: Templates | None) -> str:
    messages = (templates or Templates.read()).render(Kind.FICTION, step, variables)
    return "\n".join(message.text for message in messages)


def tells(line: str) -> Callable[[str], bool]:
    """Return the check that a prompt has *line* in it."""
    return lambda text: line in text


def is_sound(plan: Plan) -> bool:
    """Whether a plan adds up, serves every constraint, and leaves no section empty or crowded."""
    return not plan_faults(plan, words=2_000)


def aim_after_short_ones() -> int:
    """Return how many words the third section shall have where the two before it came out short."""
    outline = book(*(section(number) for number in (1, 2, 3)))
    first, second, third = outline.sections
    return aim_of(outline, third, [first, second], {"s1": "word " * 900, "s2": "word " * 900})


def makes_up_for_what_is_missing(words: int) -> bool:
    """Whether a section is planned anew once those before it are there: its own thousand, and more."""
    return words > 1_000


def can_be_delivered(asked: int) -> bool:
    """Whether so many words come in one call."""
    return asked <= 2_000


def lands_where_it_should(asked: int) -> bool:
    """Whether a writer of whose words six in ten come comes out at a thousand."""
    return 900 <= 0.6 * asked <= 1_100


TECHNIQUES = (
    Technique(
        1,
        ("section/user#card", "plan/system#form", "storygen.prompts.variables:section_variables"),
        (
            lacks(
                contract.tells_the_card, lambda: without(r"\{% if section.leave %\}.*?\{% endif %\}\n", USER)
            ),
            lacks(contract.tells_the_words, lambda: without(r"Words: .*?\n", USER)),
        ),
    ),
    Technique(
        2,
        ("plan/user#faults", "storygen.outline.plan_faults:plan_faults"),
        (
            Proof(
                is_sound, lambda: replace(WHOLE, constraints=(*WHOLE.constraints, FORGOTTEN)), lambda: WHOLE
            ),
            Proof(is_sound, lambda: with_scene(words=900), lambda: WHOLE),
            Proof(is_sound, lambda: with_scene(place="a; b; c; d; e; f"), lambda: WHOLE),
        ),
    ),
    Technique(
        3,
        ("storygen.writer.stretches:aim_of",),
        (Proof(makes_up_for_what_is_missing, lambda: 1_000, aim_after_short_ones),),
    ),
    Technique(
        4,
        ("section/system#output", "section/user#closing"),
        (
            lacks(contract.asks_for_text_alone, lambda: without(r"- This section only.*?\n", SYSTEM)),
            lacks(contract.ends_with_the_two_rules, lambda: emptied("closing", USER)),
        ),
    ),
    Technique(
        5,
        ("continue/user#request", "storygen.writer.stretches:next_stretch"),
        (
            Proof(
                can_be_delivered,
                lambda: first_stretch(replace(course(4_000), most=10_000)).asked,
                lambda: first_stretch(course(4_000)).asked,
            ),
        ),
    ),
    Technique(
        6,
        ("storygen.writer.rate:rate", "storygen.writer.stretches:first_stretch"),
        (
            Proof(
                lands_where_it_should,
                lambda: first_stretch(course(rate=0.6, steered=False)).asked,
                lambda: first_stretch(course(rate=0.6)).asked,
            ),
        ),
    ),
    Technique(
        7,
        (
            "section/system#plan",
            "section/user#recap",
            "section/user#tail",
            "storygen.prompts.edges:last_words",
        ),
        (
            Proof(
                contract.goes_on_from_a_sentence,
                lambda: asked(change=lambda found: replace(found, tail=found.tail[7:])),
            ),
            lacks(contract.goes_on_from_a_sentence, lambda: emptied("tail", USER)),
        ),
    ),
    Technique(
        8,
        ("section/user#card", "storygen.prompts.edges:fence"),
        (
            lacks(
                contract.fences_the_next_beat, lambda: without(r"\{% if fence %\}.*?\{% endif %\}\n", USER)
            ),
            Proof(
                contract.fences_the_next_beat,
                lambda: asked(
                    change=lambda found: replace(found, fence="Grace returns. She has read Ibsen.")
                ),
            ),
        ),
    ),
    Technique(
        9,
        ("section/user#facts", "digest/system#output", "storygen.prompts.facts:facts"),
        (
            lacks(tells_facts, lambda: emptied("facts", USER)),
            Proof(
                tells("A fact that no words prove is left out."),
                lambda: of_a_digest(emptied("output", "digest/system.md.j2")),
                of_a_digest,
            ),
        ),
    ),
    Technique(
        10,
        ("section/system#style", "storygen.review.voice:strange_tense"),
        (
            lacks(contract.declares_conventions, lambda: without(r"Tense: .*?\n", SYSTEM)),
            lacks(contract.declares_conventions, lambda: emptied("style", SYSTEM)),
        ),
    ),
    Technique(
        11,
        ("storygen.prompts.messages:section_messages",),
        (Proof(contract.is_a_session_of_its_own, in_a_conversation),),
    ),
    Technique(
        12,
        ("storygen.writer.reasons:judge",),
        (Proof(is_final, lambda: StopReason.MAX_TOKENS, lambda: StopReason.REFUSAL),),
    ),
    Technique(
        13,
        ("section/system#output", "storygen.review.echoes:leaked"),
        (
            lacks(says("recap, plan and card"), lambda: without(r"- Codex, facts, recap.*?\n", SYSTEM)),
            finds("leaked-notes", COPIED, but_not_in=("Anna struck a match. It was the last one.",)),
        ),
    ),
    Technique(
        14,
        ("section/system#avoid", "storygen.review.card:avoided"),
        (
            lacks(contract.forbids_few_phrases, lambda: emptied("avoid", SYSTEM)),
            finds("avoided", "It hit her like a physical blow.", but_not_in=("It hit her.",)),
        ),
    ),
    Technique(
        15,
        ("section/system#craft", "section/system#output"),
        tuple(
            Proof(says(line), lambda line=line: asked(without(re.escape(line), SYSTEM)), asked)
            for line in HABITS
        ),
    ),
    Technique(
        16,
        ("section/user#vary", "storygen.prompts.edges:openings", "storygen.review.echoes:Edges"),
        (
            lacks(contract.varies, lambda: emptied("vary", USER)),
            finds(
                "same-ending",
                "He left. It rained all day.",
                "She left. It rained all day.",
                but_not_in=("a", "b"),
            ),
        ),
    ),
    Technique(
        17,
        ("revise/user#note", "storygen.desk.rewrite:arewrite"),
        (Proof(is_another_take, lambda: revised(emptied("note", REVISE)), revised),),
    ),
    Technique(
        18,
        (
            "revise/user#current",
            "revise/user#note",
            "review/system#output",
            "storygen.review.anchoring:anchored",
            "storygen.desk.history:history",
        ),
        (
            Proof(keeps_what_is_good, lambda: revised(emptied("current", REVISE)), revised),
            Proof(
                tells("words that stand in the text once and nowhere else"),
                lambda: of_a_review(emptied("output", "review/system.md.j2")),
                of_a_review,
            ),
        ),
    ),
    Technique(
        19,
        ("storygen.review.echoes:Echoes",),
        (finds("repeated-run", COPIED, f"It is simple. {COPIED}", but_not_in=(COPIED, "It is simple.")),),
    ),
    Technique(
        20,
        ("section/system#output", "section/user#card", "storygen.prompts.facts:open_threads"),
        (
            Proof(says("\n  - final: "), lambda: asked(without(r"  - final: .*?\n", SYSTEM)), asked),
            lacks(
                contract.tells_the_end_what_is_open,
                lambda: without(r"\{% if section.ending == \"final\".*?\{% endif %\}\n", USER),
                position=3,
            ),
        ),
    ),
    Technique(
        21,
        ("plan/user#critique",),
        (
            Proof(
                tells("read it once as an editor"),
                lambda: of_a_plan(emptied("critique", "plan/user.md.j2")),
                of_a_plan,
            ),
        ),
    ),
    Technique(
        22,
        ("storygen.writer.attempt:fingerprint", "storygen.book.view:JournalView"),
        (Proof(is_the_same_request, lambda: ("Write.", "Write!"), lambda: ("Write.", "Write.")),),
    ),
)


def number(technique: Technique) -> str:
    """Name a technique as everybody does."""
    return f"T{technique.number}"


def is_there(place: str) -> bool:
    """Say whether the block or the function exists."""
    if ":" in place:
        module, name = place.split(":")
        return callable(getattr(import_module(module), name, None))
    name, block = place.split("#")
    return all(f"{{% block {block} %}}" in Templates.read().source(f"{kind}/{name}.md.j2") for kind in Kind)


def test_every_technique_has_its_row() -> None:
    assert list(range(1, 23)) == [technique.number for technique in TECHNIQUES]


@pytest.mark.parametrize("technique", TECHNIQUES, ids=number)
def test_a_technique_is_where_it_is_said_to_be(technique: Technique) -> None:
    assert [] == [place for place in technique.places if not is_there(place)]


@pytest.mark.parametrize("technique", TECHNIQUES, ids=number)
def test_storygen_keeps_to_a_technique(technique: Technique) -> None:
    assert all(proof.check(value) for proof in technique.proofs for value in proof.values())


@pytest.mark.parametrize("technique", TECHNIQUES, ids=number)
def test_what_lacks_a_technique_is_noticed(technique: Technique) -> None:
    assert not any(proof.check(proof.lacking()) for proof in technique.proofs)
