"""A folder that somebody else has made: storygen reads nothing outside it, runs nothing, and calls nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
SECRET = "nobody may read this"
CANARY = "canary-0123456789"

WATCHED = """
import contextlib, io, json, os, sys
events = []
def heard(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)):
        events.append([event, os.path.realpath(os.fsdecode(args[0]))])
    elif event in {"socket.connect", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}:
        events.append([event, str(args[event == "socket.connect"])])
from storygen.cli.group import run
sys.addaudithook(heard)
found = {}
for case, folder in json.loads(sys.argv[1]).items():
    os.chdir(folder)
    events.clear()
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        for command in json.loads(sys.argv[2]):
            run(command)
    found[case] = {"events": list(events), "said": said.getvalue()}
print(json.dumps(found))
"""
"""Runs commands in folders and tells, from within Python, whatever is opened, connected to or started."""

COMMANDS = [["check"], ["status"], ["prompt", "one"], ["write"], ["write", "--rehearse"], ["review"], ["log"]]


def outline(**fields: str) -> str:
    """Return an outline of two sections; *fields* are lines of the first one."""
    lines = "".join(f"    {name}: {value}\n" for name, value in fields.items())
    return f"title: T\nwords: 40\nsections:\n  - title: One\n{lines}  - title: Two\n"


def told(book: Path, name: str, text: str) -> None:
    (book / name).parent.mkdir(parents=True, exist_ok=True)
    (book / name).write_text(text, encoding="utf-8")


def linked(book: Path, name: str, target: Path) -> None:
    (book / name).parent.mkdir(parents=True, exist_ok=True)
    (book / name).symlink_to(target)


def source(name: str) -> Callable[[Path, Path], None]:
    return lambda book, _: told(book, "outline.yaml", outline(sources=f"[{json.dumps(name)}]"))


HOSTILE: dict[str, Callable[[Path, Path], None]] = {
    "a source above": source("../outside/secret.md"),
    "sources above": source("../**/*.md"),
    "an absolute source": source("/etc/hostname"),
    "a device": source("/dev/zero"),
    "a command": lambda book, out: told(
        book, "outline.yaml", outline(sources=f"[{{command: 'cat {out}/secret.md'}}]")
    ),
    "a file above": lambda book, _: told(book, "outline.yaml", outline(file="../outside/secret.md")),
    "a linked source": lambda book, out: (
        source("notes.md")(book, out),
        linked(book, "notes.md", out / "secret.md"),
    )[0],
    "a linked folder of sources": lambda book, out: (
        source("notes/*.md")(book, out),
        linked(book, "notes", out),
    )[0],
    "a linked draft": lambda book, out: linked(book, "drafts/01-one.md", out / "secret.md"),
    "a linked partial": lambda book, out: linked(book, "drafts/01-one.partial.md", out / "secret.md"),
    "linked drafts": lambda book, out: linked(book, "drafts", out),
    "a linked manuscript": lambda book, out: linked(book, "manuscript.md", out / "secret.md"),
    "a linked record": lambda book, out: linked(book, "storygen.lock", out / "secret.md"),
    "a linked journal": lambda book, out: linked(book, ".storygen/journal.db", out / "secret.md"),
    "a linked private folder": lambda book, out: linked(book, ".storygen", out),
    "linked versions": lambda book, out: linked(book, ".storygen/versions", out),
    "linked settings": lambda book, out: linked(book, "storygen.toml", out / "secret.md"),
    "settings without end": lambda book, _: linked(book, "storygen.toml", Path("/dev/zero")),
    "a linked outline": lambda book, out: (
        (book / "outline.yaml").unlink(),
        linked(book, "outline.yaml", out / "secret.md"),
    )[1],
    "an outline without end": lambda book, _: (
        (book / "outline.yaml").unlink(),
        linked(book, "outline.yaml", Path("/dev/zero")),
    )[1],
    "a source root": lambda book, out: told(book, "storygen.toml", f'source_root = "{out}"\n'),
    "a linked codex": lambda book, out: (
        told(book, "outline.yaml", outline() + "codex: [ines.md]\n"),
        linked(book, "ines.md", out / "secret.md"),
    )[1],
    "a linked guide": lambda book, out: (
        told(book, "outline.yaml", outline() + "style: {guide: guide.md}\n"),
        linked(book, "guide.md", out / "secret.md"),
    )[1],
    "a server": lambda book, _: told(book, "storygen.toml", 'base_url = "http://127.0.0.1:9"\n'),
    "a program": lambda book, out: told(book, "storygen.toml", f'key_command = "touch {out}/touched"\n'),
    "an environment": lambda book, _: told(book, ".env", "ANTHROPIC_BASE_URL=http://127.0.0.1:9\n"),
    "a template that asks for the environment": lambda book, _: told(
        book, "templates/fiction/section/user.md.j2", "{{ environ }}{{ self.__init__.__globals__ }}"
    ),
    "a linked template": lambda book, out: linked(
        book, "templates/fiction/section/user.md.j2", out / "secret.md"
    ),
    "a module": lambda book, out: told(
        book, "jinja2.py", f"open({str(out / 'touched')!r}, 'w').write('x')\n"
    ),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of running every command in a stranger's folder: what was touched, and what was said."""

    book: Path
    outside: Path
    events: tuple[tuple[str, str], ...]
    said: str


def told_outside(folder: Path) -> Path:
    """Make a folder beside the book with a secret in it."""
    folder.mkdir(parents=True)
    (folder / "secret.md").write_text(f"---\nid: one\n---\n\n{SECRET}\n")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Mapping[str, Visit]:
    """Return a visit to each of the hostile folders, by its name."""
    books = {}
    for case, make in HOSTILE.items():
        here = tmp_path_factory.mktemp("stranger")
        books[case] = here / "book"
        told(books[case], "outline.yaml", outline())
        make(books[case], told_outside(here / "outside"))
    result = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            WATCHED,
            json.dumps({case: str(book) for case, book in books.items()}),
            json.dumps(COMMANDS),
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "CANARY": CANARY},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert 0 == result.returncode, result.stderr
    return {
        case: Visit(
            books[case],
            books[case].with_name("outside"),
            tuple((event, name) for event, name in found["events"]),
            found["said"],
        )
        for case, found in json.loads(result.stdout).items()
    }


def allowed(book: Path, home: Path) -> tuple[Path, ...]:
    """Return what a run may open: the book, Python, storygen, and the user's own config."""
    python = {sys.prefix, sys.base_prefix, *(path for path in sys.path if path.endswith("-packages"))}
    system = ("/dev/null", "/dev/urandom", "/etc/localtime", "/usr/share/zoneinfo")
    own = [TREE / name for name in ("storygen", "templates", "outlines", "pyproject.toml")]
    return (book, home / ".config" / "storygen", *own, *map(Path, (*python, *system)))


@pytest.mark.parametrize("case", HOSTILE)
def test_nothing_outside_a_strangers_folder_is_opened(
    case: str, visits: Mapping[str, Visit], home: Path
) -> None:
    visit = visits[case]
    opened = {Path(name) for event, name in visit.events if event == "open"}
    within = allowed(visit.book.resolve(), home)

    assert len(opened) > 0
    assert set() == {path for path in opened if not any(path.is_relative_to(each) for each in within)}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_strangers_folder_starts_nothing_and_calls_nobody(case: str, visits: Mapping[str, Visit]) -> None:
    others = {(event, name) for event, name in visits[case].events if event != "open"}

    assert others <= {("subprocess.Popen", sys.executable)}  # the jail of its templates


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_outside_a_strangers_folder_stays_there_as_it_is(
    case: str, visits: Mapping[str, Visit]
) -> None:
    visit = visits[case]
    files = [path for path in visit.book.rglob("*") if path.is_file() and not path.is_symlink()]
    texts = [visit.said, *(path.read_text(errors="replace") for path in files)]

    assert [] == [text for text in texts if SECRET in text or CANARY in text]
    assert ["secret.md"] == [path.name for path in visit.outside.iterdir()]
    assert SECRET in (visit.outside / "secret.md").read_text()
