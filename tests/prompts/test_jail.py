from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from storygen.errors import TemplateError
from storygen.prompts.cell import SHELVES
from storygen.prompts.jail import Ended, Jail
from storygen.prompts.jailed import Jailed
from storygen.prompts.renderer import Renderer
from storygen.prompts.shelf import Shelf, TemplateFile
from storygen.prompts.shelving import read_shelf
from storygen.prompts.steps import STEPS
from storygen.prompts.variables import variables_of
from tests.prompts.books import context, long_book
from tests.prompts.own import ENDLESS, USER

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
OUTLINE = long_book(3)
GIVEN = variables_of(OUTLINE, OUTLINE.sections[1], context(OUTLINE, 2))


def shelf(text: str) -> Shelf:
    """Put one template on a shelf of its own."""
    return Shelf({USER: TemplateFile(USER, f"templates/{USER}", own=True, text=text)}, {})


def run(program: str, *, cwd: Path | None = None) -> str:
    """Run *program* in a Python of its own and return what it printed."""
    words = [sys.executable, "-c", textwrap.dedent(program)]
    return subprocess.run(words, capture_output=True, text=True, check=True, cwd=cwd).stdout


@pytest.mark.parametrize("name", sorted(read_shelf(None).shipped))
def test_a_jail_renders_what_this_process_renders(name: str) -> None:
    shipped = read_shelf(None)
    given = GIVEN | {name: value for step in STEPS.values() for name, value in step.own.items()}
    here, there = Renderer(shipped), Jailed(shipped)

    assert (here.render(name, given), here.blocks(name, given), here.used(name)) == (
        there.render(name, given),
        there.blocks(name, given),
        there.used(name),
    )


def test_a_jail_finds_what_this_process_finds() -> None:
    wrong = shelf("{{ secton }}\n{{ tail | uper }}")

    assert Renderer(wrong).findings(USER, GIVEN) == Jailed(wrong).findings(USER, GIVEN)


def test_templates_that_end_the_jail_are_not_rendered_again() -> None:
    jailed = Jailed(shelf(ENDLESS), Jail())
    with pytest.raises(TemplateError, match="takes too long") as first:
        jailed.render(USER, GIVEN)
    with pytest.raises(TemplateError) as second:
        jailed.render(USER, GIVEN)

    assert first.value is second.value


def test_patience_is_shared_by_all_answers() -> None:
    times = iter((0.0, 2.9, 3.0, 3.5))
    waited: list[float] = []

    class Slow(Jail):
        def ask(self, request: Mapping[str, object], *, patience: float) -> Any:  # noqa: ARG002 - slow for all
            waited.append(round(patience, 2))
            return {"result": "fine"}

    jailed = Jailed(shelf("fine"), Slow(), clock=lambda: next(times))
    jailed.render(USER, GIVEN)
    jailed.render(USER, GIVEN)

    assert [3.25, 0.61] == waited


def test_the_jail_is_there_for_the_next_book() -> None:
    jail = Jail()
    with pytest.raises(TemplateError):
        Jailed(shelf(ENDLESS), jail).render(USER, GIVEN)

    assert "fine" == Jailed(shelf("fine"), jail).render(USER, GIVEN)


def test_more_books_than_a_jail_remembers_are_rendered() -> None:
    jail = Jail()
    books = [Jailed(shelf(f"book {number}"), jail) for number in range(SHELVES + 3)]

    assert [f"book {number}" for number in range(SHELVES + 3)] * 2 == [
        book.render(USER, GIVEN) for book in (*books, *books)
    ]


def test_an_answer_of_another_shape_is_the_end() -> None:
    with pytest.raises(Ended):
        Jail().ask(
            {"shelf": "a", "verb": "unheard of", "name": USER, "given": {}, "files": "none"}, patience=9
        )


@LINUX
def test_everything_is_limited_on_linux() -> None:
    assert () == Jail().unlimited


@LINUX
def test_what_is_given_up_is_gone() -> None:
    program = """
        import os, socket
        from storygen.prompts.rights import give_up
        os.closerange(3, 256)
        give_up()
        def gone(act):
            try:
                act()
            except (OSError, MemoryError):
                return True
            return False
        print([
            gone(lambda: open("/etc/passwd")),
            gone(lambda: open("new", "w")),
            gone(lambda: socket.socket()),
            gone(lambda: bytearray(600 << 20)),
        ])
    """

    assert str([True] * 4) == run(program).strip()


@LINUX
def test_the_process_sees_no_environment_and_no_open_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-sentinel")
    program = """
        import json, os, pathlib
        kept = open("/etc/hostname")
        os.set_inheritable(kept.fileno(), True)
        from storygen.prompts.jail import Jail
        jail = Jail()
        jail.unlimited
        child = pathlib.Path("/proc/self/task", str(os.getpid()), "children").read_text().strip()
        folder = pathlib.Path("/proc", child)
        print(json.dumps([(folder / "environ").read_text(), sorted(os.listdir(folder / "fd"))]))
    """

    assert ["", ["0", "1", "2"]] == json.loads(run(program))


@LINUX
def test_no_process_is_started_for_shipped_templates() -> None:
    program = """
        import os, pathlib
        from storygen.outline.tree import Kind
        from storygen.prompts.templates import Templates
        Templates.read().names(Kind.DOCS, "section")
        print(pathlib.Path("/proc/self/task", str(os.getpid()), "children").read_text())
    """

    assert "" == run(program).strip()


@LINUX
@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)"])
def test_the_process_ends_with_the_program(end: str) -> None:
    program = f"""
        import os, pathlib
        from storygen.prompts.jail import the_jail
        the_jail().unlimited
        print(pathlib.Path("/proc/self/task", str(os.getpid()), "children").read_text(), flush=True)
        {end}
    """
    words = [sys.executable, "-c", textwrap.dedent(program)]
    child = int(subprocess.run(words, capture_output=True, text=True, check=False).stdout)

    assert ended(child)


def ended(process: int) -> bool:
    """Wait a while for the end of a *process* that is nobody's child here."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    with os.fdopen(handle):
        return bool(select.select([handle], [], [], 10)[0])
