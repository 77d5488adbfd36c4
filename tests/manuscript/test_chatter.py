from __future__ import annotations

import pytest

from storygen.manuscript.chatter import closing, preamble


@pytest.mark.parametrize(
    "line",
    [
        "Sure, here's the continuation:\n\n",
        "Certainly! Here’s the rest of the section:\n",
        "Of course! I'll continue from where I left off.\n\n",
        "**Here is the continuation of the chapter:**\n\n",
        "I apologize for the interruption. Continuing where I left off:\n\n",
        "Continuation:\n\n",
        "(continued)\n\n",
        "[Cont'd]\n\n",
        "Natürlich, hier ist die Fortsetzung:\n\n",
        "Ich setze den Text fort:\n\n",
        "Bien sûr, voici la suite :\n\n",
        "Claro, aquí está la continuación:\n\n",
        "Certo, ecco la continuazione:\n\n",
        "好的，以下是续写：\n\n",
        "Sure, here's the continuation:\n\n---\n\n",
        "Here is the chapter:\n\n",
        "**Here’s the revised scene:**\n\n",
        "Here is Chapter 3, “The Pier”:\n\n",
        "Here is the section you asked for:\n\n",
        'Certainly! Here\'s the section "The pier":\n\n',
        "Sure! Here is the next chapter of your novel.\n\n---\n\n",
        "Gern! Hier ist der Abschnitt „Die Uhr“:\n\n",
        "Hier ist das Kapitel:\n\n",
        "¡Claro! Aquí tienes la escena solicitada:\n\n",
        "Voici le chapitre :\n\n",
        "Ecco la scena:\n\n",
        "承知しました。以下が第一章です。\n\n",
        "以下是第一章:\n\n",
    ],
)
def test_an_announcement_is_no_text(line: str) -> None:
    assert len(line) == preamble(line + "The lamp was lit.")


@pytest.mark.parametrize(
    "text",
    [
        "Sure, it was late. He went on.",
        "Here is what he saw: a lamp.\n\nIt burned.",
        "Here is where the road continues.\n\nIt was dark.",
        "Continued rain kept them in.\n\nThey waited.",
        "“Sure, I’ll continue,” he said.\n\nHe did.",
        "Certainly the remaining oil would do.",
        "Of course.\n\nOf course she knew.",
        "Let me tell you about the lamp:\n\nit burned.",
        "Here is the chapter:\nit burned.",
        "Here is the chapter of my life that nobody knows:\n\nIt burned.",
        "Here is the story my father told me:\n\nThere was a lamp.",
        "Here is the last page of her letter:\n\nI am well.",
        "Here is the scene as I remember it.\n\nIt burned.",
        "“Certainly. Here is the chapter,” she said.\n\nHe read.",
        "Here is the section of the file that sets it:\n\n    lamp = on",
        "Hier ist die Szene, die ich nie vergesse:\n\nEs brannte.",
        "Sure, here's the continuation:",
        "",
    ],
)
def test_a_story_may_begin_like_an_announcement(text: str) -> None:
    assert 0 == preamble(text)


@pytest.mark.parametrize(
    "line",
    [
        "Would you like me to continue with the next section?",
        "Let me know if you'd like any changes!",
        "*I hope this helps.*",
        "Word count: 812",
        "**Word count:** ~1,020 words",
        "(812 words)",
        "*[End of chapter]*",
        "---\n\nWortzahl: 812",
        "（文字数：812字）",
        "(812 words)\n\nLet me know if you'd like any changes!",
        "Soll ich mit dem nächsten Abschnitt weitermachen?",
        "Voulez-vous que je continue ?",
        "¿Quieres que continúe?",
    ],
)
def test_a_question_to_the_person_who_asked_is_no_text(line: str) -> None:
    assert len("The end.") == closing(f"The end.\n\n{line}")


@pytest.mark.parametrize(
    "text",
    [
        "The end.\n\nTo be continued.",
        "The end.\n\nTwo words.",
        "He counted.\n\n812 words, and not one of them true.",
        "The end.\nWord count: 812",
        "“Would you like me to go?”",
        "He wrote:\n\nWould you like me to come home?",
        "He asked.\n\n“Shall I continue?” she said, and did.",
    ],
)
def test_a_story_may_end_with_a_question(text: str) -> None:
    assert len(text) == closing(text)
