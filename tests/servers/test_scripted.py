from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import anthropic
import pytest

from tests.servers.replies import pieces_of
from tests.servers.scripted import Fails, Says, ScriptedServer, continuing

LAMP = "The lamp was lit. Nobody had climbed the stairs, and the door was locked.\n\nAnna waited. " * 30
BOAT = "The boat came late. Tom refused payment, as ever, and looked away from the rock. " * 30


def ask(server: ScriptedServer, *turns: tuple[str, str], max_tokens: int = 10_000) -> tuple[str, str]:
    """Ask with the official SDK; return the text and the stop reason."""
    messages: list[Any] = [{"role": role, "content": text} for role, text in turns]
    with (
        anthropic.Anthropic(base_url=server.url, api_key="any", max_retries=0) as client,
        client.messages.stream(model="m", max_tokens=max_tokens, messages=messages) as stream,
    ):
        message = stream.get_final_message()
    return "".join(block.text for block in message.content if block.type == "text"), str(message.stop_reason)


def test_the_official_sdk_understands_the_server() -> None:
    with ScriptedServer([Says(LAMP, slices=11)]) as server:
        assert (LAMP, "end_turn") == ask(server, ("user", "Write."))


def test_pieces_are_the_text() -> None:
    assert LAMP == "".join(pieces_of(LAMP))


def test_a_prefilled_text_is_continued_to_its_end() -> None:
    kept, stop = "", "max_tokens"
    with ScriptedServer(continuing(LAMP, tokens=100)) as server:
        while stop == "max_tokens":
            turns = [("user", "Write."), *([("assistant", kept)] if kept else [])]
            more, stop = ask(server, *turns)
            kept += more
    assert LAMP == kept


def test_an_anchor_is_repeated_and_continued_from() -> None:
    with ScriptedServer(continuing(LAMP, tokens=100)) as server:
        kept, _ = ask(server, ("user", "Write."))
        anchor = " ".join(kept.split()[-12:])
        more, _ = ask(
            server, ("user", "Write."), ("assistant", kept), ("user", f"On: <anchor>{anchor}</anchor>")
        )
    assert LAMP.startswith(kept.removesuffix(anchor) + more)


def test_the_card_says_which_text_is_meant() -> None:
    texts = {"The lamp": LAMP, "The boat": BOAT}
    with ScriptedServer(continuing(texts)) as server:
        text, _ = ask(server, ("user", "<card>\nTitle: The boat\nSummary: The lamp is lit.\n</card>"))
    assert BOAT.startswith(text)


def test_a_card_with_another_title_is_a_mistake_of_the_test() -> None:
    with (
        pytest.raises(LookupError, match="The boat"),
        ScriptedServer(continuing({"The boat": BOAT})) as server,
        pytest.raises(anthropic.APIConnectionError),
    ):
        ask(server, ("user", "Title: The storm\n"))


def test_a_reply_keeps_to_the_limit_that_was_asked_for() -> None:
    with ScriptedServer(continuing(LAMP)) as server:
        text, stop = ask(server, ("user", "Write."), max_tokens=7)
    assert (7, "max_tokens") == (len(pieces_of(text)), stop)


def post(url: str) -> int:
    body = json.dumps({"model": "m", "max_tokens": 9, "messages": []}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{url}/v1/messages", body)) as reply:  # noqa: S310 - loopback
            return int(reply.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_a_script_is_played_in_order_and_its_end_is_told() -> None:
    with ScriptedServer([Fails(529), Says("Hi")]) as server:
        assert [529, 200, 400] == [post(server.url) for _ in range(3)]


def test_what_was_asked_is_remembered() -> None:
    with ScriptedServer([Says("Hi")]) as server:
        post(server.url)
    assert [9] == [asked.json["max_tokens"] for asked in server.asked]


def test_half_a_request_was_never_asked() -> None:
    with (
        ScriptedServer([Says(LAMP)]) as server,
        socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0)) as connection,
    ):
        connection.sendall(b"POST /v1/messages HTTP/1.1\r\ncontent-length: 100\r\n\r\n{")
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1)

    assert (b"", []) == (answer, server.asked)


@pytest.mark.parametrize("kept", ["Something else entirely.", LAMP + "and more"])
def test_a_text_that_is_not_the_servers_own_is_not_continued(kept: str) -> None:
    with ScriptedServer(continuing(LAMP)) as server, pytest.raises(anthropic.BadRequestError):
        ask(server, ("user", "Write."), ("assistant", kept))
