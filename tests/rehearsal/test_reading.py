from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.rehearsal.reading import read_card

SYSTEM = """\
You are a novelist at work on one section of a book.
Language: en-GB
Person: third, limited
Tense: past
Quotes: “ ”

The plan of the whole book:
- The boat: Anna crosses in bad weather, 3,000 words.
- The lamp: Tom tells a lie.
"""
CARD = """\
<card>
Title: The boat
Part of: Arrival › The Crossing
Point of view: Anna
Cast: Anna, Tom
Place: mail boat, Sound of Iona
Time: October 1961, dusk
Summary: Anna crosses in bad weather.
State on entering: tired
State on leaving: afraid
Must appear verbatim:
- `pip install ferry`
- `Python 3.11`
Words: 900 to 1,100, about 1,000
Ending: hinge

Beats, in this order:
1. Tom the boatman refuses payment.
2. Anna sees the lamp already lit, though nobody is on the island.

The line not to cross (it belongs to the next section): She finds the log book.
</card>
"""
AROUND = """\
<codex>
## Mary Quant (character)
Cook, 34. Knows 500 words of Gaelic.
</codex>

<recap>
- First night: {recap}
</recap>

<tail>
{tail}
</tail>

{card}
Write only this section. Stop when the last beat has landed.
"""
BEATS = (
    "Tom the boatman refuses payment.",
    "Anna sees the lamp already lit, though nobody is on the island.",
)


def shipped(recap: str = "nothing happened", tail: str = "She slept.") -> str:
    return AROUND.format(recap=recap, tail=tail, card=CARD)


def test_the_shipped_prompt_is_read_field_by_field() -> None:
    card = read_card(SYSTEM, [shipped()])
    assert ("The boat", 1000, BEATS) == (card.title, card.words, card.beats)
    assert (("Anna", "Tom"), "mail boat, Sound of Iona") == (card.people, card.place)
    assert ("October 1961, dusk", "Anna crosses in bad weather.") == (card.time, card.summary)
    assert ("en-GB", ("pip install ferry", "Python 3.11")) == (card.lang, card.must)
    assert (False, False, False) == (card.docs, card.first_person, card.present)


@given(recap=st.text(), tail=st.text())
def test_what_stands_around_the_card_changes_nothing(recap: str, tail: str) -> None:
    assert read_card(SYSTEM, [shipped()]) == read_card(SYSTEM, [shipped(recap, tail)])


@given(st.lists(st.text("abc 123:\n-#<>"), max_size=5))
def test_any_prompt_is_a_card(texts: list[str]) -> None:
    assert read_card("", ["x", *texts]).words > 0


def test_the_plan_changes_nothing() -> None:
    other = SYSTEM.replace("Tom tells a lie", "Tom drowns").replace("The lamp", "The cellar")
    assert read_card(SYSTEM, [shipped()]) == read_card(other, [shipped()])


def test_first_person_and_present_are_taken_from_the_rules() -> None:
    rules = SYSTEM.replace("third, limited", "first").replace("Tense: past", "Tense: present")
    card = read_card(rules, [shipped()])
    assert (True, True) == (card.first_person, card.present)


def test_the_length_alone_leaves_the_seed_as_it_is() -> None:
    longer = shipped().replace("900 to 1,100, about 1,000", "1,800 to 2,200, about 2,000")
    assert replace(read_card(SYSTEM, [shipped()]), words=2000) == read_card(SYSTEM, [longer])


def test_documentation_is_told_by_its_type() -> None:
    card = "Title: Install\nType: how-to\nAudience: operators\nWords: 300\n\n1. Run pip.\n2. Check it."
    read = read_card("You are a technical writer.", [card])
    assert (True, "how-to", 300, ("Run pip.", "Check it.")) == (read.docs, read.type, read.words, read.beats)


GERMAN = """\
Das Ende des vorigen Abschnitts lautet so, damit der Anschluss stimmt und niemand sich wundert, wo die \
Figuren gerade stehen und was sie eben noch gesagt haben:

Und dann ging die Tür zu, und es blieb lange still im Haus, so still, dass man die Uhr im Flur hören konnte, \
obwohl drei Türen dazwischen lagen und draußen der Wind ging.

Titel: Das Boot
Perspektive: Anna
Ort: Postboot

Schritte:
• Tom nimmt kein Geld.
• Anna sieht das Licht.

Umfang: 900 bis 1.100 Wörter

Schreibe auf Deutsch.
"""
BARE = """\
# The boat

* Tom refuses payment.
* Anna sees the lamp with Tom.

About 750.
"""
SPANISH = """\
Escribe la escena «La barca» en español, con unas 1.200 palabras.

- Tomás no acepta el dinero.
- Ana ve la lámpara encendida.
"""
TAGGED = """\
<scene>
<title>The boat</title>
<setting>mail boat</setting>
<beats>
a) Tom refuses payment.
b) Anna sees the lamp.
</beats>
<length>640 words</length>
</scene>
"""
MARKED = """\
**Title:** The boat
**Where:** mail boat
**Length:** 640 words

- Tom refuses payment.
- Anna sees the lamp.
"""

TEMPLATES = {
    "german": (GERMAN, "Das Boot", 1000, ("Tom nimmt kein Geld.", "Anna sieht das Licht."), "de"),
    "bare": (BARE, "The boat", 750, ("Tom refuses payment.", "Anna sees the lamp with Tom."), "en"),
    "spanish": (
        SPANISH,
        "La barca",
        1200,
        ("Tomás no acepta el dinero.", "Ana ve la lámpara encendida."),
        "es",
    ),
    "tagged": (TAGGED, "The boat", 640, ("Tom refuses payment.", "Anna sees the lamp."), "en"),
    "marked": (MARKED, "The boat", 640, ("Tom refuses payment.", "Anna sees the lamp."), "en"),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_other_templates_are_read_by_their_structure(name: str) -> None:
    prompt, title, words, beats, lang = TEMPLATES[name]
    card = read_card("", [prompt])
    assert (title, words, beats, lang) == (card.title, card.words, card.beats, card.lang)


def test_a_recap_without_tags_is_not_taken_for_beats() -> None:
    recap = "# What happened\n\n- The house burnt.\n- The cat left.\n\n"
    assert read_card("", [BARE]).beats == read_card("", [recap + BARE]).beats


def test_the_shipped_prompt_without_its_tags_is_the_same_card() -> None:
    bare = re.sub(r"(?m)^</?\w+>\n", "", shipped())
    assert read_card(SYSTEM, [shipped()]) == read_card(SYSTEM, [bare])


def test_a_beat_may_have_a_colon() -> None:
    beat = "When the lamp goes out: nobody moves."
    assert (beat,) == read_card("", [f"Title: The lamp\nWords: 400\n\n- {beat}"]).beats


def test_a_request_in_one_line_is_a_short_text_about_its_subject() -> None:
    card = read_card("", ["Write a short story about space exploration."])
    assert ("Space exploration", 500, (), False) == (card.title, card.words, card.beats, card.docs)


def test_a_request_in_one_line_can_say_how_long() -> None:
    assert 300 == read_card("", ["Write a 300-word story about a lighthouse."]).words


def test_finished_sections_sent_before_the_card_change_nothing() -> None:
    finished = "The night was long.\n\n1. It had three parts.\n2. None had 400 words."
    assert read_card(SYSTEM, [shipped()]) == read_card(SYSTEM, [finished, shipped()])
