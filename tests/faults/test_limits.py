"""F-14: a machine that gives too little gets a sentence, and the next run goes on."""

from __future__ import annotations

import re

import pytest

from tests.faults.author import TEXT
from tests.faults.conftest import AtServer
from tests.faults.kills import answered, paid_twice
from tests.servers.scripted import Says

LONG = "\n\n".join(f"{number}. {TEXT}" for number in range(15))
WORDS = re.compile("memory|cannot be loaded|too many files|ulimit|larger than|disk reports an error")
LIMITS = (
    *(f"--as={mib << 20}" for mib in (60, 90, 120, 150)),
    *(f"--nofile={files}" for files in (7, 9, 10)),
    *(f"--fsize={kib << 10}" for kib in (2, 60, 600)),
)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_run_that_meets_a_limit_of_its_machine_says_so_and_goes_on_without_it(
    at_server: AtServer, limit: str
) -> None:
    author, server = at_server(lambda _: Says(LONG))
    ran = author.run("write", "--limit", "2", through=("prlimit", limit))
    asked, done = len(server.asked), answered(author)

    assert ran.code in {0, 5}, ran.err
    assert ran.code == 0 or WORDS.search(ran.said), ran.err
    assert 0 == author.run("write", "--limit", "2").code
    assert [True, True] == [draft.startswith(LONG[:100]) for draft in author.drafts()[:2]]
    assert [] == list(paid_twice(server.asked[asked:], done))
