from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from storygen.book.attempts import Attempt, Fate
from storygen.catalogue import catalogue
from storygen.cli.group import run
from storygen.desk.commission import Past, attempts_of, commission_of, factors, left_out
from storygen.desk.estimate import asks, estimate
from storygen.desk.exact import exact_estimate
from storygen.desk.project import Project, open_project
from storygen.desk.write import awrite
from storygen.errors import KeyMissing, Rejected
from storygen.messages import Usage
from storygen.model.wire import native, plain
from storygen.writer.ask import ask, without_messages
from storygen.writer.events import Event, Noted
from storygen.writer.reasons import Sitting
from tests.servers.scripted import Asked, Behaviour, Fails, Says, ScriptedServer, Sends

SONNET = "claude-sonnet-5-5"
DONE = Attempt(
    *(1, "boat", 1, "f", "d", SONNET, False, 0, Fate.COMPLETE, 0.0),
    usage=Usage(600, cache_read_input_tokens=600),
    plain=1_000,
)


def opened(tale: Path, **environ: str) -> Project:
    """Open *tale* as somebody with *environ* would."""
    return open_project(tale, environ=environ)


def past(attempt: Attempt, *, horizon: int = 1) -> Past:
    """Return a journal in which one such *attempt* follows another."""
    return Past((attempt,) * 30, horizon=horizon)


def written(project: Project) -> list[str]:
    """Write *project* over HTTP and return what was noted."""
    heard: list[Event] = []

    async def main() -> None:
        await awrite(project, tell=heard.append)

    anyio.run(main)
    return [event.message for event in heard if isinstance(event, Noted)]


def test_what_was_billed_moves_the_factor_of_its_model_and_of_no_other() -> None:
    found = factors(catalogue(), [DONE] * 30)

    assert [SONNET] == list(found)
    assert 0.01 > abs(found[SONNET] - 1.2)


def test_a_rehearsal_teaches_nothing() -> None:
    assert {} == factors(catalogue(), [replace(DONE, rehearsed=True)])


def test_an_attempt_of_an_unknown_size_teaches_nothing() -> None:
    assert {SONNET: 1.4} == factors(catalogue(), [replace(DONE, plain=0), replace(DONE, usage=Usage())])


def test_an_estimate_is_in_the_tokens_that_were_learned(tale: Path) -> None:
    project = opened(tale)
    section = project.outline.sections[0]
    twice = commission_of(project, rehearsed=False, past=past(replace(DONE, plain=500)))

    assert 2.4 == pytest.approx(twice.billed(catalogue().find(SONNET)), abs=0.01)
    assert (
        without_messages(twice, section).max_tokens
        > without_messages(commission_of(project, rehearsed=False), section).max_tokens
    )


def test_a_request_stays_the_same_while_a_factor_settles(tale: Path) -> None:
    project = opened(tale)
    before = commission_of(project, rehearsed=False)
    after = commission_of(project, rehearsed=False, past=past(DONE))
    first = project.outline.sections[0]

    assert ask(before, first, {}, sitting=Sitting()) == ask(after, first, {}, sitting=Sitting())


def test_what_a_run_learns_that_is_not_over_has_a_price_and_changes_no_request(tale: Path) -> None:
    project, row = opened(tale), catalogue().find(SONNET)
    resumed = commission_of(project, rehearsed=False, past=past(replace(DONE, plain=500), horizon=0))

    assert (2.4, row.factor) == (pytest.approx(resumed.billed(row), abs=0.01), resumed.factor(row))


def test_a_run_leaves_behind_what_the_next_estimate_learns_from(tale: Path) -> None:
    with ScriptedServer(lambda _: Says("Done.")) as server:
        written(opened(tale, ANTHROPIC_BASE_URL=server.url))
    attempts = attempts_of(opened(tale).book)

    assert all(attempt.plain > 100 for attempt in attempts)
    assert 3 == len(attempts)


def test_a_rehearsed_run_counts_nothing(tale: Path) -> None:
    written(opened(tale))

    assert {0} == {attempt.plain for attempt in attempts_of(opened(tale).book)}


def test_settings_reach_the_request(tale: Path) -> None:
    said = {"TEMPERATURE": "0.7", "TOP_P": "0.9", "THINKING": "adaptive", "EFFORT": "low"}
    project = opened(tale, **{f"STORYGEN_{name}": value for name, value in said.items()})
    request = without_messages(commission_of(project, rehearsed=False), project.outline.sections[0])

    assert (0.7, 0.9, "adaptive", "low") == (
        request.temperature,
        request.top_p,
        request.thinking,
        request.effort,
    )


@pytest.mark.parametrize(
    ("model", "accepts", "expected"),
    [
        (SONNET, native, ("not sent to claude-sonnet-5-5: temperature 0.7 (it takes none)",)),
        ("claude-sonnet-4-5", native, ()),
        ("somebody-elses", plain, ()),
    ],
)
def test_what_a_model_does_not_take_is_said_once(
    tale: Path, model: str, accepts: Callable[..., object], expected: tuple[str, ...]
) -> None:
    project = opened(tale, STORYGEN_TEMPERATURE="0.7", STORYGEN_MODEL=model)
    commission = commission_of(project, rehearsed=False)

    assert expected == left_out(commission, project.outline.sections, accepts)  # type: ignore[arg-type]


def test_a_run_says_what_is_not_sent(tale: Path) -> None:
    with ScriptedServer(lambda _: Says("Done.")) as server:
        noted = written(opened(tale, ANTHROPIC_BASE_URL=server.url, STORYGEN_TEMPERATURE="0.7"))

        assert "temperature" not in server.asked[0].json
    assert any("temperature 0.7 (it takes none)" in message for message in noted)


def counting(tokens: int) -> Callable[[Asked], Behaviour]:
    """Return a script that counts *tokens* in every prompt."""
    return lambda _: Sends(
        json.dumps({"input_tokens": tokens}).encode(), headers={"content-type": "application/json"}
    )


def test_exact_prompts_are_the_servers_own_count(tale: Path) -> None:
    with ScriptedServer(counting(2_345)) as server:
        found = exact_estimate(opened(tale, ANTHROPIC_BASE_URL=server.url))
        bodies = [asked.json for asked in server.asked]

    assert [2_345] * 3 == [each.usage.prompt_tokens for each in found or ()]
    assert [3, 0] == [len(bodies), sum("max_tokens" in body for body in bodies)]


def test_what_is_counted_is_what_will_be_asked(tale: Path) -> None:
    with ScriptedServer(counting(9)) as server:
        project = opened(tale, ANTHROPIC_BASE_URL=server.url)
        exact_estimate(project)
        turns = server.asked[0].turns

    first = asks(project)[0].request
    assert [("user", "\n\n".join(m.text for m in first.messages if m.role == "user"))] == turns


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_that_does_not_count_gives_no_exact_estimate(tale: Path, status: int) -> None:
    with ScriptedServer(lambda _: Fails(status, "not_found_error")) as server:
        assert None is exact_estimate(opened(tale, ANTHROPIC_BASE_URL=server.url))


def test_any_other_trouble_with_counting_is_an_error(tale: Path) -> None:
    with ScriptedServer(lambda _: Fails(401, "authentication_error")) as server, pytest.raises(Rejected):
        exact_estimate(opened(tale, ANTHROPIC_BASE_URL=server.url))


def test_counting_at_anthropic_wants_a_key(tale: Path) -> None:
    with pytest.raises(KeyMissing):
        exact_estimate(opened(tale))


def test_a_dry_run_that_cannot_be_exact_says_so_and_estimates(
    tale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tale.parent)
    with ScriptedServer(lambda _: Fails(404, "not_found_error")) as server:
        code = run(["write", "--dry-run", "--exact", "--base-url", server.url])
    shown = capsys.readouterr()

    assert (0, True) == (code, "not offered" in shown.err)
    assert f"{sum(each.usage.prompt_tokens for each in estimate(opened(tale))):,}" in shown.out


def test_exact_without_a_dry_run_is_refused(
    tale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tale.parent)

    assert (2, True) == (run(["write", "--exact"]), "--exact goes with --dry-run" in capsys.readouterr().err)
