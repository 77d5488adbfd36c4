"""A folder that somebody else has made: storygen reads nothing outside it, runs nothing, and calls nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
SECRET = "nobody may read this"
CANARY = "canary-0123456789"

WATCHED = """
import json, os, sys
log = open(sys.argv[1], "w")
def heard(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)):
        log.write(json.dumps([event, os.path.realpath(os.fsdecode(args[0]))]) + "\\n")
    elif event in {"socket.connect", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}:
        log.write(json.dumps([event, str(args[1] if event == "socket.connect" else args[0])]) + "\\n")
import storygen.cli.group
sys.addaudithook(heard)
codes = [storygen.cli.group.run(command) for command in json.loads(sys.argv[2])]
print(json.dumps(codes))
"""
"""Runs commands and logs, from within Python itself, whatever is opened, connected to or started."""

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


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a folder beside the book with a secret in it."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.md").write_text(f"---\nid: one\n---\n\n{SECRET}\n")
    return folder


def allowed(book: Path, home: Path) -> tuple[Path, ...]:
    """Return what a run may open: the book, Python, storygen, and the user's own config."""
    python = {sys.prefix, sys.base_prefix, *(path for path in sys.path if path.endswith("-packages"))}
    system = ("/dev/null", "/dev/urandom", "/etc/localtime", "/usr/share/zoneinfo")
    own = [TREE / name for name in ("storygen", "templates", "outlines", "pyproject.toml")]
    return (book, home / ".config" / "storygen", *own, *map(Path, (*python, *system)))


@pytest.mark.parametrize("case", HOSTILE)
def test_a_strangers_folder_reaches_nothing(
    case: str, tmp_path: Path, outside: Path, nobody_home: Path
) -> None:
    book = tmp_path / "book"
    told(book, "outline.yaml", outline())
    HOSTILE[case](book, outside)
    before = {path: path.read_bytes() for path in outside.rglob("*")}
    log = tmp_path / "log"
    result = subprocess.run(
        [sys.executable, "-P", "-c", WATCHED, str(log), json.dumps(COMMANDS)],
        cwd=book,
        env={"PATH": os.environ["PATH"], "HOME": str(nobody_home), "CANARY": CANARY},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    events = [json.loads(line) for line in log.read_text().splitlines()]
    within = allowed(book.resolve(), nobody_home)
    opened = {name for event, name in events if event == "open"}
    others = {(event, name) for event, name in events if event != "open"}

    assert (0, True) == (result.returncode, len(opened) > 0), result.stderr
    assert set() == {name for name in opened if not any(Path(name).is_relative_to(each) for each in within)}
    assert others <= {("subprocess.Popen", sys.executable)}
    assert before == {path: path.read_bytes() for path in outside.rglob("*")}
    written = [
        path.read_text(errors="replace")
        for path in book.rglob("*")
        if path.is_file() and not path.is_symlink()
    ]
    for text in (result.stdout, result.stderr, *written):
        assert (False, False) == (SECRET in text, CANARY in text)
