from __future__ import annotations

from collections.abc import AsyncGenerator

import anyio

from storygen.book.journal import Journal
from storygen.errors import Cut
from storygen.messages import Counted, Delta, Ended, Message, Opened, Request, Role, StopReason, Text, Usage
from storygen.writer.errand import run_errand
from storygen.writer.events import Event
from tests.writer.lines import line_to

REQUEST = Request("claude-sonnet-5-5", (Message(Role.USER, "Sum it up."),), max_tokens=100)


class Model:
    """Answers from a list of texts, each with the reason that it ended for; an error breaks the reply off."""

    def __init__(self, *answers: tuple[str, StopReason | Cut]) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []
        self.heard: list[Event] = []

    async def send(self, body: bytes) -> AsyncGenerator[Delta, None]:
        self.asked.append(body)
        text, ended = self.answers.pop(0)
        yield Opened(200, "req_1")
        yield Text(text)
        if isinstance(ended, Cut):
            raise ended
        yield Counted(Usage(10, output_tokens=5))
        yield Ended(ended, ended.value)

    def does(self, journal: Journal) -> tuple[str, StopReason]:
        """Run the errand, and return the text that came and why it ended."""

        async def main() -> tuple[str, StopReason]:
            line = line_to(self.send, journal, tell=self.heard.append)
            reply = await run_errand(REQUEST, id="the-boat/digest", title="The boat", line=line)
            return reply.text, reply.stop_reason

        return anyio.run(main)


def test_an_errand_is_in_the_journal_with_the_section_it_was_done_for(journal: Journal) -> None:
    Model(("Done.", StopReason.END_TURN)).does(journal)

    assert [("the-boat/digest", "the-boat")] == [(each.section, each.owner) for each in journal.attempts()]


def test_an_errand_that_was_answered_is_never_paid_for_again(journal: Journal) -> None:
    Model(("Done.", StopReason.END_TURN)).does(journal)
    again = Model()

    assert (("Done.", StopReason.END_TURN), []) == (again.does(journal), again.asked)


def test_a_reply_that_its_cap_cut_off_is_asked_for_once_more_with_twice_the_room(journal: Journal) -> None:
    model = Model(("Do", StopReason.MAX_TOKENS), ("Done.", StopReason.END_TURN))

    assert ("Done.", StopReason.END_TURN) == model.does(journal)
    assert 2 == len(set(model.asked))


def test_a_reply_that_is_cut_off_twice_is_given_as_it_is(journal: Journal) -> None:
    model = Model(("Do", StopReason.MAX_TOKENS), ("Don", StopReason.MAX_TOKENS))

    assert ("Don", StopReason.MAX_TOKENS) == model.does(journal)


def test_a_reply_that_broke_off_is_asked_for_anew(journal: Journal) -> None:
    model = Model(("Do", Cut("it broke off", "try again")), ("Done.", StopReason.END_TURN))

    assert ("Done.", StopReason.END_TURN) == model.does(journal)


def test_nobody_is_told_the_text_of_an_errand(journal: Journal) -> None:
    model = Model(("Done.", StopReason.END_TURN))
    model.does(journal)

    assert [] == model.heard
