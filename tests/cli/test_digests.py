from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from storygen.book.attempts import Fate
from storygen.book.view import view_journal
from storygen.cli.group import run
from tests.desk.digesting import files
from tests.servers.scripted import Asked, Behaviour, Break, Breaks, Fails, HangsUp, Says, ScriptedServer

PROSE = "{title} begins, and Ines hears nine bells. She counts them twice. {title} ends here."
GOOD = """\
Here is the digest.

```yaml
happened: In {title} Ines heard the bells.
facts:
  - {{about: Ines, fact: "Ines heard nine bells in {title}.", quote: "Ines hears nine bells"}}
```
"""


class Dice(Random):
    """Dice that always fall lowest, so that a wait is as short as its rule allows."""

    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002 - the signature of Random
        return a


@pytest.fixture
def digested(tale: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the outline of a tale that is summed up, in the folder that the test is in."""
    told = tale.read_text().replace("words: 360", "words: 120\nrecap: digest\nstyle: {tense: present}")
    tale.write_text(told.replace("beats:", "pov: Ines\n    beats:"), encoding="utf-8")
    monkeypatch.chdir(tale.parent)
    monkeypatch.setattr("storygen.desk.lines.Random", Dice)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-sentinel")
    return tale


def script(first: Callable[[int], Behaviour]) -> Callable[[Asked], Behaviour]:
    """Return a model whose first digest is what *first* makes of the number of times it was asked for."""
    tries: Counter[str] = Counter()

    def answers(asked: Asked) -> Behaviour:
        said = asked.turns[-1][1]
        digest = "<text>" in said
        title = said.rpartition("Section: " if digest else "Title: ")[2].partition("\n")[0]
        if digest and title == "The last boat":
            tries[title] += 1
            return first(tries[title])
        return Says((GOOD if digest else PROSE).format(title=title))

    return answers


FAILURES: dict[str, Any] = {
    "chatter": Says("I would rather not."),
    "no text": Says(""),
    "a list": Says("- one\n- two"),
    "a refusal": Says("", "refusal"),
    "half a digest, again and again": Says("happ", "max_tokens"),
    "a word nobody knows": Says("?", "new_word"),
    "a bad request": Fails(400),
    "too large": Fails(413),
    "no stop reason": Breaks(Break.END, "happened: half"),
    "hung up": HangsUp(),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_server_that_fails_at_digests_still_gets_a_whole_book_out(
    digested: Path, failure: Behaviour, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYGEN_RETRIES", "1")
    with ScriptedServer(script(lambda _: failure)) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        code = run(["write"])
        told = next(each for each in server.asked if "Title: Right time" in each.turns[-1][1])
    said = " ".join(capsys.readouterr().err.split())

    assert (0, True) == (code, "the-last-boat could not be summed up: " in said)
    assert ["facts/02-an-hour-owed.yaml", "facts/03-right-time.yaml"] == [
        name for name in sorted(files(digested)) if name.startswith("facts/")
    ]
    assert "- The last boat: Ines boards the ferry with a toolbox." in told.turns[-1][1]


def test_a_digest_that_fails_once_is_asked_for_again(digested: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Fails(529, headers={"retry-after": "0"})
    good = Says(GOOD.format(title="The last boat"))
    with ScriptedServer(script(lambda tries: busy if tries == 1 else good)) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        assert 0 == run(["write"])

    assert 3 == sum(name.startswith("facts/") for name in files(digested))


def write(outline: Path, **environ: str) -> int:
    """Write the book of *outline* in a process of its own, with the built-in model."""
    words = [sys.executable, "-m", "storygen", "write", "-q", "--rehearse", str(outline)]
    return subprocess.run(words, env={**os.environ, **environ}, check=False, timeout=120).returncode


@pytest.mark.parametrize("crash", ["after-intent:4", "before-complete:5", "before-record:2"])
def test_a_killed_book_ends_as_if_nothing_had_been(digested: Path, tmp_path: Path, crash: str) -> None:
    other = tmp_path / "whole" / "outline.yaml"
    other.parent.mkdir()
    other.write_bytes(digested.read_bytes())
    killed = write(digested, STORYGEN_CRASH_AT=crash)
    codes = [write(digested), write(other)]
    with view_journal(digested.parent / ".storygen" / "journal.db") as journal:
        whole = Counter(each.section for each in journal.attempts() if each.fate is Fate.COMPLETE)

    assert (-9, [0, 0], files(other)) == (killed, codes, files(digested))
    assert {1} == set(whole.values())
    assert 6 == len(whole)


def test_a_rehearsal_that_only_sums_up_names_the_model_that_it_is_priced_by(
    tale: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == run(["write", str(tale)])
    tale.write_text(tale.read_text(encoding="utf-8") + "recap: digest\n", encoding="utf-8")
    capsys.readouterr()

    code = run(["write", str(tale)])
    said = " ".join(capsys.readouterr().err.split())
    priced = "nothing was sent or paid; claude-sonnet-5-5 would have cost that much"

    assert (0, True, False) == (code, priced in said, "0/0" in said), said
