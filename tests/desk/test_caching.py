from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.catalogue import Catalogue, catalogue
from storygen.desk.log import log, saved_by
from storygen.desk.project import Project
from storygen.desk.status import status
from storygen.desk.wire import Wire, http_wire
from storygen.desk.write import awrite, write
from storygen.messages import Counted, Ended, Opened, StopReason, Text, Usage
from storygen.model.send import sender
from storygen.model.wire import encoder
from storygen.rehearsal.transport import rehearsal
from tests.desk.test_write import Answer, ScriptedModel, opened, real, run

MODEL = catalogue().find("claude-sonnet-5-5")
counts = st.integers(0, 900_000)
usages = st.builds(Usage, counts, counts, counts, counts)


@pytest.mark.parametrize(
    ("usage", "saved"),
    [
        (Usage(1_000, 0, 0, 500), 0),
        (Usage(0, 0, 1_000_000), 1_900_000),
        (Usage(0, 1_000_000), -500_000),
        (Usage(100, 1_000_000, 1_000_000, 500), 1_400_000),
    ],
)
def test_the_cache_saves_what_reading_costs_less_than_sending(usage: Usage, saved: int) -> None:
    assert saved == MODEL.saved(usage)


@given(usages, st.sampled_from(catalogue().models))
def test_what_was_saved_and_what_was_paid_is_the_full_price(usage: Usage, model: object) -> None:
    known = next(each for each in catalogue().models if each is model)
    assert (known.saved(usage) or 0) + (known.cost(usage) or 0) == (known.cost(usage.uncached) or 0)


def test_of_a_model_without_a_price_nobody_knows() -> None:
    assert None is catalogue().find("somebody-elses-model").saved(Usage(0, 0, 100))


def took(usage: Usage) -> Answer:
    return [Opened(200, "req_1"), Text("It is done."), Counted(usage), Ended(StopReason.END_TURN, "end_turn")]


def test_status_and_log_say_what_the_cache_saved(tale: Path) -> None:
    first, *others = Usage(100, 10_000, 0, 50), Usage(100, 0, 10_000, 50), Usage(100, 0, 10_000, 50)
    run(
        opened(tale, ANTHROPIC_API_KEY="k", STORYGEN_LENGTH="plain"),
        ScriptedModel(*map(took, [first, *others])),
    )
    whole, found = log(real(tale)), status(real(tale))

    assert (2 * 19_000 - 5_000,) * 2 == (whole.saved, found.saved)
    assert 20_000 / 30_300 == whole.usage.cache_share == found.usage.cache_share
    assert [-5_000, 19_000, 19_000] == [saved_by(each, catalogue()) for each in whole.attempts]


def test_a_rehearsal_saves_nothing_since_it_costs_nothing(tale: Path) -> None:
    write(opened(tale))
    assert (None, None) == (log(opened(tale)).saved, status(opened(tale)).saved)


@asynccontextmanager
async def diagnosing(_project: Project, known: Catalogue) -> AsyncIterator[Wire]:
    """Yield a wire to a server that tells why its cache missed; it is the same one in every run."""
    yield Wire(encoder(known), sender(SERVER), diagnoses=True)


SERVER = rehearsal(catalogue())


def test_the_reason_for_a_miss_is_on_record_from_run_to_run(tale: Path) -> None:
    async def write_all() -> None:
        project = opened(tale, ANTHROPIC_API_KEY="sk-ant-test")
        await awrite(project, wire=diagnosing, chance=Random(1))

    anyio.run(write_all)
    before = log(real(tale))
    tale.write_text(tale.read_text() + "  - title: Last\n    beats: [The lamp goes out.]\n")
    anyio.run(write_all)
    (missed,) = log(real(tale)).misses

    assert () == before.misses
    assert ("system_changed", True) == (missed.reason, missed.tokens > 0)


@pytest.mark.parametrize(("base_url", "diagnoses"), [("", True), ("http://127.0.0.1:9", False)])
def test_only_the_server_that_is_known_to_tell_is_asked(
    tale: Path, base_url: str, *, diagnoses: bool
) -> None:
    environ = {"STORYGEN_BASE_URL": base_url} if base_url else {}

    async def looked() -> bool:
        async with http_wire(opened(tale, ANTHROPIC_API_KEY="k", **environ), catalogue()) as wire:
            return wire.diagnoses

    assert diagnoses == anyio.run(looked)
