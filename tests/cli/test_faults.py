from __future__ import annotations

import gzip
import json
import socket
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from storygen.book.record import hash_text
from storygen.cli.group import run
from tests.servers.dice import LowestDice
from tests.servers.replies import beginning, event, stream
from tests.servers.scripted import (
    Asked,
    Behaviour,
    Break,
    Breaks,
    Fails,
    Floods,
    HangsUp,
    Says,
    ScriptedServer,
    Sends,
    Streams,
    continuing,
)

TEXT = (
    "The last boat lay at the pier, and nobody had lit its lamps. Ines boarded with her toolbox – 漢字 on "
    "the lid – and called out twice.\n\nThe saloon was empty. A cup of tea stood on the table; it was warm. "
    "“Right on time,” said the clock, or the man behind it.\n\nShe opened the case with a small screwdriver "
    "and found the spring whole, the wheels clean, and one tooth filed away on purpose. Tobias, she thought."
)
HALF = TEXT[:240]
JSON = {"content-type": "application/json"}
FINISHES = continuing(TEXT)
SERVERS = Path(__file__).parents[1] / "servers"
CERTIFICATE = SERVERS / "nobody.pem"

Script: TypeAlias = Callable[[Asked], Behaviour]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: exit code, what it said, its requests and connections, the texts that it left."""

    code: int
    said: str
    requests: int
    connections: int
    whole: tuple[str, ...]
    partial: tuple[str, ...]


Write: TypeAlias = Callable[..., Ended]


@pytest.fixture
def write(tale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Write:
    """Return what runs `storygen write` against a script and says how it ended."""
    monkeypatch.chdir(tale.parent)
    monkeypatch.setattr("storygen.desk.lines.Random", LowestDice)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-sentinel")

    def writing(script: Script | Iterable[Behaviour], *options: str, **environ: str) -> Ended:
        with ScriptedServer(script if callable(script) else list(script)) as server:
            for name, value in {"ANTHROPIC_BASE_URL": server.url, **environ}.items():
                monkeypatch.setenv(name, value)
            code = run(["write", "--limit", "1", *options])
            requests, connections = len(server.asked), server.connections
        said = " ".join(capsys.readouterr().err.split())
        assert ("Traceback" in said, "sentinel" in said) == (False, False)
        return Ended(
            code, said, requests, connections, _texts(tale, "*[!l].md"), _texts(tale, "*.partial.md")
        )

    return writing


def _texts(tale: Path, pattern: str) -> tuple[str, ...]:
    return tuple(
        path.read_text(encoding="utf-8").split("---\n", 2)[2].strip()
        for path in sorted((tale.parent / "drafts").glob(pattern))
    )


def always(behaviour: Behaviour) -> Script:
    """Return a script that does the same to every request."""
    return lambda _: behaviour


def then(*first: Behaviour, rest: Script = FINISHES) -> Script:
    """Return a script that plays *first* and then *rest*: by default it writes TEXT to its end."""
    left = iter(first)
    return lambda asked: next(left, None) or rest(asked)


def told(**fields: str) -> dict[str, str]:
    """Return the setting of deadlines, by the part of their names that differs."""
    return {f"STORYGEN_TIMEOUT_{name.upper()}": seconds for name, seconds in fields.items()}


def refused_in_stream(kind: str, text: str = "") -> Streams:
    """Return a reply that breaks off with an `error` event of *kind*."""
    told = b"".join(beginning(text, model="m")) if text else b""
    return Streams(told + event("error", error={"type": kind, "message": "scripted"}))


WHOLE = b"".join(stream(TEXT, "end_turn", model="m"))
START = b"".join(beginning(HALF, model="m"))
PING = event("ping")
STRANGE = event("a_new_event", surprise=1)
TINY = event("content_block_delta", index=0, delta={"type": "text_delta", "text": "a"})
WITHOUT_STOP = WHOLE[: WHOLE.index(b"event: content_block_stop")]
STOPPED = WHOLE[: WHOLE.index(b"event: message_stop")]
THINKING = b"".join(
    (
        event("message_start", message={"id": "msg_1", "model": "m", "usage": {"input_tokens": 9}}),
        event("content_block_start", index=0, content_block={"type": "thinking", "thinking": ""}),
        event("content_block_stop", index=0),
        event("message_delta", delta={"stop_reason": "max_tokens"}, usage={"output_tokens": 3_000}),
        event("message_stop"),
    )
)
NAMELESS = b"".join(line for line in WHOLE.splitlines(keepends=True) if not line.startswith(b"event:"))
MESSAGE = json.dumps({"content": [{"type": "text", "text": TEXT}], "stop_reason": "end_turn"}).encode()
AN_HOUR = Fails(429, headers={"retry-after": "3600"})
PAGE = Sends(b"<h1>Hotel: please log in</h1>")


@dataclass(frozen=True, slots=True)
class Fault:
    """One bad day: what the server does, and how the run has to end."""

    name: str
    script: Script
    code: int
    requests: int
    words: tuple[str, ...]
    environ: Mapping[str, str] | None = None


LOST = ("billed", "look at the account's usage", "run the same command again")

WITHOUT_TEXT = (
    Fault("N-3 no answer", always(HangsUp(Break.SILENCE)),
        4, 2, ("no answer came", *LOST), told(headers="0.1")),
    Fault("N-4 silence", always(Breaks(Break.SILENCE)),
        4, 2, ("silent for 0.1 seconds", *LOST), told(silence="0.1")),
    Fault("N-5 pings for ever", always(Floods(PING, pace=0.01)),
        4, 2, ("did not move", *LOST), told(progress="0.1")),
    Fault("N-6 a byte at a time", always(Streams(WHOLE, slices=1, pace=0.01)),
        4, 2, ("did not move", *LOST), told(progress="0.1")),
    Fault("N-9 an empty stream", always(Streams(b"")),
        4, 2, ("without a stop reason", *LOST)),
    Fault("N-10 reset before the headers", always(HangsUp(Break.RESET)),
        4, 2, ("connection", *LOST)),
    Fault("N-11 closed before the headers", always(HangsUp(Break.CLOSE)),
        4, 2, ("connection", *LOST)),
    Fault("N-10 reset after the headers", always(Breaks(Break.RESET)),
        4, 2, ("connection", *LOST)),
    Fault("N-13 an hour's pause", always(AN_HOUR),
        3, 1, ("60 minutes", "again")),
    Fault("N-13 an endless pause", always(Fails(429, headers={"retry-after": "1e12"})),
        3, 1, ("more than a year",)),
    Fault("N-13 a date", always(Fails(429, headers={"retry-after": "Sun, 22 Nov 2099 12:00:00 GMT"})),
        3, 1, ("has to wait", "run the same command again")),
    Fault("N-14 500", always(Fails(500)),
        4, 6, ("500", "6 tries", "status.claude.com", "req_scripted")),
    Fault("N-14 503 page", always(Sends(b"<p>busy", 503)),
        4, 6, ("503", "6 tries", "try again later")),
    Fault("N-14 529 empty", always(Sends(b"", 529)),
        4, 6, ("overloaded", "6 tries")),
    Fault("N-14 502 of the API", always(Fails(502)),
        4, 6, ("502", "6 tries")),
    Fault("N-14 502 of a gateway", always(Sends(b"<p>bad", 502)),
        4, 2, ("gateway", *LOST)),
    Fault("N-14 504 of a gateway", always(Sends(b"", 504)),
        4, 2, ("gateway", *LOST)),
    Fault("N-15 overloaded", always(refused_in_stream("overloaded_error")),
        4, 6, ("overloaded", "6 tries")),
    Fault("N-15 api_error", always(refused_in_stream("api_error")),
        4, 6, ("internal error", "6 tries")),
    Fault("N-15 rate limit", always(refused_in_stream("rate_limit_error")),
        4, 1, ("rate limit", "--jobs"), {"STORYGEN_RETRIES": "0"}),
    Fault("N-15 invalid", always(refused_in_stream("invalid_request_error")),
        1, 1, ("invalid", "the-last-boat")),
    Fault("N-15 a new type", always(refused_in_stream("a_new_error")),
        1, 1, ("a_new_error", "nobody knows")),
    Fault("N-15 key", always(refused_in_stream("authentication_error")),
        4, 1, ("authentication failed",)),
    Fault("N-16 too long", always(Fails(400, message="prompt is too long: 210000 > 200000")),
        1, 1, ("the-last-boat", "210000 > 200000", "tokens by our own count", "send less")),
    Fault("N-16 413", always(Sends(b"<p>too large", 413)),
        1, 1, ("the-last-boat", "bytes", "send less")),
    Fault("N-17 401", always(Fails(401)),
        4, 1, ("authentication failed", "req_scripted", "ANTHROPIC_API_KEY")),
    Fault("N-17 402", always(Fails(402)),
        4, 1, ("billing",)),
    Fault("N-17 403", always(Fails(403)),
        4, 1, ("permission",)),
    Fault("a spend limit", always(Fails(429, message="Your credit balance is too low")),
        4, 1, ("spend limit", "raise the limit")),
    Fault("400", always(Fails(400)),
        1, 1, ("the-last-boat", "400", "req_scripted")),
    Fault("404", always(Fails(404)),
        4, 1, ("storygen models",)),
    Fault("408", always(Fails(408)),
        4, 6, ("408", "6 tries")),
    Fault("409", always(Fails(409)),
        4, 6, ("409", "6 tries")),
    Fault("422", always(Fails(422)),
        1, 1, ("422", "check the parameters")),
    Fault("500 not to be tried again", always(Fails(500, headers={"x-should-retry": "false"})),
        4, 1, ("500",)),
    Fault("504 of the API", always(Fails(504)),
        4, 6, ("504", "6 tries")),
    Fault("429 without a word", always(Fails(429)),
        4, 1, ("rate limit", "fewer --jobs"), {"STORYGEN_RETRIES": "0"}),
    Fault("N-19 gzip", always(Sends(gzip.compress(WHOLE), headers={"content-encoding": "gzip"})),
        4, 1, ("compressed", "check the base URL")),
    Fault("N-19 br", always(Sends(b"?", headers={"content-encoding": "br"})),
        4, 1, ("compressed",)),
    Fault("N-21 a page", always(PAGE),
        4, 1, ("not the Messages API", "Hotel: please log in", "base URL")),
    Fault("N-21 another JSON", always(Sends(b'{"ok":true}', headers=JSON)),
        4, 1, ("no message", "base URL")),
    Fault("N-21 nothing", always(Sends(b"", headers={})),
        4, 1, ("not the Messages API", "no content type")),
    Fault("not HTTP headers", always(Sends(b"", headers={"x-long": "x" * 200_000})),
        4, 2, LOST),
    Fault("tokens eaten by thinking", always(Streams(THINKING)),
        1, 2, ("wrote nothing", "--max-tokens")),
    Fault("an empty reply", always(Says("")),
        1, 2, ("wrote nothing", "--max-tokens")),
    Fault("a refusal", always(Says("", "refusal")),
        1, 1, ("declined", "storygen prompt the-last-boat")),
)  # fmt: skip
"""Faults that leave nothing of the section: exit code and number of requests are DESIGN's and no more."""


@pytest.mark.parametrize("fault", WITHOUT_TEXT, ids=lambda fault: fault.name)
def test_a_fault_without_text_ends_with_its_code_and_its_sentence(write: Write, fault: Fault) -> None:
    ended = write(fault.script, **(fault.environ or {}))

    assert (fault.code, fault.requests, (), ()) == (ended.code, ended.requests, ended.whole, ended.partial), (
        ended.said
    )
    assert [] == [words for words in fault.words if words not in ended.said], ended.said


WITH_TEXT = (
    Fault("N-4 silence", always(Breaks(Break.SILENCE, HALF)),
        1, 3, ("stalled", "run again"), told(silence="0.1")),
    Fault("N-9 an end too early", always(Breaks(Break.END, HALF)),
        1, 3, ("stalled", "run again")),
    Fault("N-15 invalid", always(refused_in_stream("invalid_request_error", HALF)),
        1, 1, ("invalid",)),
    Fault("N-15 a new type", always(refused_in_stream("a_new_error", HALF)),
        1, 1, ("nobody knows",)),
    Fault("N-15 key", always(refused_in_stream("authentication_error", HALF)),
        4, 1, ("authentication failed",)),
    Fault("tool_use", always(Says(HALF, "tool_use")),
        1, 1, ("`tool_use`", "run again")),
    Fault("a new stop reason", always(Says(HALF, "bored")),
        1, 1, ("`bored`", "run again")),
    Fault("a refusal", always(Says(HALF, "refusal")),
        1, 1, ("declined", "is not sent again")),
    Fault("N-22 two beginnings", then(Streams(START + START), rest=always(Fails(401))),
        4, 2, ("authentication",)),
    Fault("S-16 not UTF-8", then(Streams(START + b"data: \xff\n\n"), rest=always(Fails(401))),
        4, 2, ("authentication",)),
    Fault("S-17 not JSON", then(Streams(START + b"data: {\n\n"), rest=always(Fails(401))),
        4, 2, ("authentication",)),
    Fault("the same again and again", always(Says(HALF, "max_tokens")),
        1, 3, ("stalled", "--max-tokens")),
    Fault("then nothing more", then(Says(HALF, "max_tokens"), rest=always(Says("", "max_tokens"))),
        1, 3, ("stalled",)),
    Fault("then only blanks", then(Says(HALF, "max_tokens"), rest=always(Says(" \n", "max_tokens"))),
        1, 3, ("stalled",)),
    Fault("an hour's pause", then(Says(HALF, "max_tokens"), rest=always(AN_HOUR)),
        3, 2, ("60 minutes", "run the same command again")),
    Fault("pauses for ever", then(Says(HALF, "pause_turn"), rest=always(Says("", "pause_turn"))),
        1, 3, ("stalled",)),
)  # fmt: skip
"""Faults that come after some text: all of it is kept, and none of it is called a draft."""


@pytest.mark.parametrize("fault", WITH_TEXT, ids=lambda fault: fault.name)
def test_the_text_before_a_fault_is_kept_and_never_complete(write: Write, fault: Fault) -> None:
    ended = write(fault.script, **(fault.environ or {}))

    assert (fault.code, fault.requests, ()) == (ended.code, ended.requests, ended.whole), ended.said
    assert (HALF.strip(),) == ended.partial
    assert [] == [words for words in fault.words if words not in ended.said], ended.said


PASSING: tuple[tuple[str, Script, int, Mapping[str, str]], ...] = (
    ("N-3 no answer, once", then(HangsUp(Break.SILENCE)), 2, told(headers="1")),
    ("N-4 silence", then(Breaks(Break.SILENCE, HALF)), 2, told(silence="1")),
    ("N-5 pings for ever", then(Floods(PING, head=START, pace=0.01)), 2, told(progress="1")),
    ("N-6 a slow reply", then(Floods(TINY, head=START, pace=0.01)), 2, told(attempt="1")),
    ("N-20 endless events", then(Floods(STRANGE * 100, head=START)), 2, told(attempt="1")),
    ("N-9 an end too early", then(Streams(WITHOUT_STOP[:-200])), 2, {}),
    ("N-9 closed too early", then(Streams(WITHOUT_STOP[:-200], Break.CLOSE)), 2, {}),
    ("N-9 the end of the connection", then(Streams(WITHOUT_STOP[:-200], chunked=False)), 2, {}),
    ("N-10 reset in the middle", then(Breaks(Break.RESET, HALF)), 2, {}),
    ("N-10 reset after the stop reason", then(Streams(STOPPED, Break.CLOSE)), 1, {}),
    ("N-13 a moment's pause", then(Fails(429, headers={"retry-after": "0.001"})), 2, {}),
    ("N-13 milliseconds", then(Fails(429, headers={"retry-after-ms": "1"})), 2, {}),
    ("N-14 500, once", then(Fails(500)), 2, {}),
    ("N-14 502 of a gateway, once", then(Sends(b"", 502)), 2, {}),
    ("N-14 529, five times", then(*[Fails(529)] * 5), 6, {}),
    ("N-15 overloaded after text", then(Breaks(Break.ERROR, HALF)), 2, {}),
    ("400 that may be tried again", then(Fails(400, headers={"x-should-retry": "true"})), 2, {}),
    ("N-22 strangers everywhere", then(Streams(STRANGE + WHOLE.replace(PING, PING + STRANGE))), 1, {}),
    ("N-22 a gap in the indexes", then(Streams(WHOLE.replace(b'"index":0', b'"index":7'))), 1, {}),
    ("N-22 text after the end", then(Streams(WHOLE + TINY)), 1, {}),
    ("N-22 no names", then(Streams(NAMELESS)), 1, {}),
    ("N-23 no usage", then(Streams(WHOLE.replace(b'"usage"', b'"gone"'))), 1, {}),
    ("N-23 a mad usage", then(Streams(WHOLE.replace(b'_tokens":', b'_tokens":-'))), 1, {}),
    ("[DONE] after the end", then(Streams(WHOLE + b"data: [DONE]\n\n")), 1, {}),
    ("a whole message", then(Sends(MESSAGE, headers=JSON)), 1, {}),
    ("the window is full", then(Says(HALF, "model_context_window_exceeded")), 2, {}),
    ("a pause", then(Says(HALF, "pause_turn")), 2, {}),
    ("a stop sequence", then(Says(TEXT, "stop_sequence")), 1, {}),
    ("thinking took it all, once", then(Streams(THINKING)), 2, {}),
    ("nothing, once", then(Says("")), 2, {}),
)  # fmt: skip
"""Troubles that pass: in the same run the section becomes the server's own text, every character of it."""


@pytest.mark.parametrize(
    ("script", "requests", "environ"), [row[1:] for row in PASSING], ids=[row[0] for row in PASSING]
)
def test_trouble_that_passes_costs_a_request_and_no_character(
    write: Write, script: Script, requests: int, environ: Mapping[str, str]
) -> None:
    ended = write(script, **environ)

    assert (0, requests, ()) == (ended.code, ended.requests, ended.partial), ended.said
    assert [hash_text(TEXT)] == [hash_text(text) for text in ended.whole]


@pytest.mark.parametrize("size", [1, 2, 7, 1_000])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_slices_and_line_ends_change_nothing(write: Write, size: int, ends: bytes) -> None:
    ended = write([Streams(WHOLE.replace(b"\n", ends), slices=size)])

    assert (0, (TEXT,)) == (ended.code, ended.whole)


@pytest.mark.parametrize("at", range(300, len(STOPPED) - 100, len(STOPPED) // 12))
def test_a_stream_cut_anywhere_is_gone_on_with(write: Write, at: int) -> None:
    ended = write(then(Streams(WHOLE[:at], Break.CLOSE)))

    assert (0, 2, (TEXT,)) == (ended.code, ended.requests, ended.whole), ended.said


@pytest.mark.parametrize("limits", [
    {},
    {"requests-limit": "0", "requests-remaining": "0"},
    {"requests-limit": "many", "requests-remaining": "-1", "requests-reset": "soon"},
    {"requests-limit": "50", "requests-remaining": "49", "requests-reset": "1970-01-01T00:00:00Z"},
    {"output-tokens-limit": "8000", "output-tokens-remaining": "9000", "output-tokens-reset": "12"},
    {"input-tokens-limit": "nan", "input-tokens-remaining": "inf"},
])  # fmt: skip
def test_limits_that_make_no_sense_hold_nobody_up(write: Write, limits: dict[str, str]) -> None:
    headers = {f"anthropic-ratelimit-{name}": value for name, value in limits.items()}
    ended = write(always(Streams(WHOLE, headers=headers)), "--limit", "3")

    assert (0, 3) == (ended.code, ended.requests), ended.said


def test_no_request_goes_over_a_connection_that_may_have_gone_stale(write: Write) -> None:
    kept = Streams(WHOLE, headers={"connection": "keep-alive"})
    ended = write(always(kept), "--limit", "2")

    assert (0, 2, 2) == (ended.code, ended.requests, ended.connections), ended.said


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_request_follows_a_redirect(write: Write, status: int) -> None:
    with ScriptedServer([]) as elsewhere:
        ended = write([Sends(b"", status, {"location": f"{elsewhere.url}/v1/messages"})])

        assert (4, 1, []) == (ended.code, ended.requests, elsewhere.asked)
    assert (True, True) == (elsewhere.url in ended.said, "--base-url" in ended.said)


def test_a_redirect_in_a_circle_is_no_circle(write: Write) -> None:
    ended = write(always(Sends(b"", 308, {"location": "/v1/messages"})))

    assert (4, 1) == (ended.code, ended.requests)


def test_a_closed_door_is_knocked_at_six_times_and_nothing_is_owed(write: Write, tale: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    ended = write([], ANTHROPIC_BASE_URL=f"http://127.0.0.1:{port}")

    assert (4, ["unsent"] * 6) == (ended.code, fates(tale)), ended.said
    assert (True, True) == ("cannot be reached" in ended.said, "6 tries" in ended.said)


@pytest.mark.parametrize("certificate", [None, CERTIFICATE])
def test_who_cannot_prove_who_it_is_gets_nothing(write: Write, tale: Path, certificate: Path | None) -> None:
    with ScriptedServer([], certificate=certificate) as stranger:
        ended = write([], ANTHROPIC_BASE_URL=stranger.url.replace("http:", "https:"))

        assert (4, ["unsent"], []) == (ended.code, fates(tale), stranger.asked)
    assert ("prove who it is" in ended.said, "clock" in ended.said) == (True, True)


@pytest.mark.parametrize("name", ["elsewhere.pem", "expired.pem"])
def test_a_trusted_certificate_of_another_host_or_time_proves_nothing(
    write: Write, tale: Path, name: str
) -> None:
    with ScriptedServer([], certificate=SERVERS / name) as stranger:
        where = stranger.url.replace("http:", "https:")
        ended = write([], ANTHROPIC_BASE_URL=where, SSL_CERT_FILE=str(SERVERS / name))

        assert (4, ["unsent"], []) == (ended.code, fates(tale), stranger.asked), ended.said


def test_a_trusted_certificate_of_this_host_is_enough(write: Write) -> None:
    certificate = SERVERS / "trusted.pem"
    with ScriptedServer(lambda _: Says("The boat came in."), certificate=certificate) as server:
        where = server.url.replace("http:", "https:")
        ended = write([], ANTHROPIC_BASE_URL=where, SSL_CERT_FILE=str(certificate))

    assert 0 == ended.code, ended.said


def test_an_answer_lost_twice_is_unknown_twice(write: Write, tale: Path) -> None:
    write(always(HangsUp()))

    assert ["unknown", "unknown"] == fates(tale)


def test_an_answer_lost_once_a_leg_is_lost_twice_a_section(write: Write) -> None:
    lost = HangsUp()
    ended = write(then(lost, Says(HALF, "max_tokens"), lost, Says("never")))

    assert (4, 3, (HALF.strip(),)) == (ended.code, ended.requests, ended.partial), ended.said


def test_the_next_run_may_ask_again(write: Write) -> None:
    write(always(HangsUp()))
    ended = write(continuing(TEXT))

    assert (0, 1, (TEXT,)) == (ended.code, ended.requests, ended.whole)


def test_legs_are_bounded(write: Write) -> None:
    sentences = iter(f"Sentence number {number} says something of its own." for number in range(100))
    ended = write(lambda _: Says(next(sentences), "max_tokens"), "--model", "claude-haiku-4-5")

    assert (1, 8) == (ended.code, ended.requests), ended.said
    assert "stalled" in ended.said


def test_breaks_are_bounded(write: Write) -> None:
    sentences = iter(f"Sentence number {number} says something of its own." for number in range(100))
    ended = write(lambda _: Breaks(Break.CLOSE, next(sentences)), "--model", "claude-haiku-4-5")

    assert (1, 6) == (ended.code, ended.requests), ended.said
    assert ("cut" in ended.said, "run the same command again" in ended.said) == (True, True)


def test_thinking_that_ate_the_budget_raises_it_once(write: Write) -> None:
    caps = []

    def script(asked: Asked) -> Behaviour:
        caps.append(asked.json["max_tokens"])
        return Streams(THINKING)

    write(script, "--max-tokens", "1000", "--model", "claude-haiku-4-5")

    assert [1_000, 2_000] == caps


def test_a_prefill_that_is_echoed_is_not_written_twice(write: Write) -> None:
    ended = write([Says(HALF, "max_tokens"), Says(TEXT)], "--model", "claude-haiku-4-5")

    assert (0, 2, (TEXT,)) == (ended.code, ended.requests, ended.whole), ended.said


def test_a_prefill_that_is_refused_is_asked_for_in_words(write: Write) -> None:
    no = Fails(400, message="This model does not support assistant message prefill.")
    ended = write(then(Says(HALF, "max_tokens"), no), "--model", "claude-haiku-4-5")

    assert (0, 3, (TEXT,)) == (ended.code, ended.requests, ended.whole), ended.said


def test_a_refusal_is_never_sent_again_by_another_run(write: Write) -> None:
    first = write(always(Says("", "refusal")))
    second = write(always(Says(TEXT)))

    assert ((1, 1), (1, 0)) == ((first.code, first.requests), (second.code, second.requests))


def test_a_key_revoked_in_the_middle_stops_the_run_and_keeps_what_is_done(write: Write) -> None:
    ended = write([Says(TEXT), Fails(401)], "--limit", "3")

    assert (4, 2, (TEXT,)) == (ended.code, ended.requests, ended.whole)


def test_too_much_trouble_parks_the_run(write: Write) -> None:
    ended = write(always(Fails(529)), STORYGEN_RETRIES="100")

    assert (3, 21) == (ended.code, ended.requests), ended.said
    assert ("overloaded" in ended.said, "run the same command again" in ended.said) == (True, True)


def test_trouble_with_one_section_is_not_held_against_the_next(write: Write) -> None:
    trouble = [*[Fails(529)] * 5, Says(TEXT)]
    ended = write([*trouble, *trouble, *trouble], "--limit", "3")

    assert (0, 18, 3) == (ended.code, ended.requests, len(ended.whole)), ended.said


def test_an_empty_pool_parks_the_run_before_it_asks(write: Write) -> None:
    empty = {"requests-limit": "1", "requests-remaining": "0", "requests-reset": "2026-11-22T13:00:00Z"}
    headers = {f"anthropic-ratelimit-{name}": value for name, value in empty.items()}
    dated = headers | {"date": "Sun, 22 Nov 2026 12:00:00 GMT"}
    ended = write(always(Streams(WHOLE, headers=dated)), "--limit", "3")

    assert (3, 1, (TEXT,)) == (ended.code, ended.requests, ended.whole)
    assert ("60 minutes" in ended.said, "run the same command again" in ended.said) == (True, True)


def test_what_nobody_counted_is_estimated_and_marked(write: Write, tale: Path) -> None:
    write([Streams(WHOLE.replace(b'"usage"', b'"gone"'))])
    [(usage, cost)] = rows(tale, "SELECT usage, cost FROM attempt")

    assert (True, True) == (json.loads(usage)["output_tokens"] > 50, cost > 0)
    assert [('["estimated"]',)] == rows(tale, "SELECT flags FROM draft")


def test_a_reply_that_never_said_it_was_over_is_marked(write: Write, tale: Path) -> None:
    write([Streams(STOPPED, Break.CLOSE)])

    assert [('["unclean-end"]',)] == rows(tale, "SELECT flags FROM draft")


def rows(tale: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what *query* finds in the journal."""
    with closing(sqlite3.connect(tale.parent / ".storygen" / "journal.db")) as db:
        return db.execute(query).fetchall()


def fates(tale: Path) -> list[str]:
    """Return how each attempt in the journal ended."""
    return [fate for (fate,) in rows(tale, "SELECT fate FROM attempt ORDER BY id")]
