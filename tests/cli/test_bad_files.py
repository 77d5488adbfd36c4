"""Whatever lies in a file that a person can touch: a sentence and a code, and never a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storygen.cli.group import run

FILES = (
    "outline.yaml",
    "storygen.toml",
    "storygen.lock",
    "codex/ines.md",
    "style/guide.md",
    "notes.txt",
    "drafts/01-the-last-boat.md",
    "drafts/02-an-hour-owed.partial.md",
    "manuscript.md",
    "templates/fiction/section/user.md.j2",
    ".storygen/manuscript.md",
    ".storygen/journal.db",
    ".storygen/versions/the-last-boat/0001.md",
    ".storygen/versions/the-last-boat/order.json",
)
COMMANDS = (
    ["check"],
    ["status", "--why"],
    ["log"],
    ["versions", "the-last-boat"],
    ["prompt", "the-last-boat"],
    ["provenance"],
    ["build"],
    ["write", "--rehearse"],
    ["rewrite", "the-last-boat", "--rehearse", "--yes"],
)
OUTLINE = """\
title: The Ferry Clock
words: 360
style: {guide: style/guide.md}
sections:
  - title: The last boat
    beats: [Ines boards the ferry with a toolbox.]
    sources: [notes.txt]
  - title: An hour owed
    beats: [Tobias explains whom he waited for.]
"""
TEMPLATE = '{% extends "storygen/fiction/section/user.md.j2" %}\n'
CODES = {0, 1, 2, 3, 4, 5}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book with a file of every kind that a book can have."""
    book = tmp_path_factory.mktemp("sound")
    for name, text in {
        "outline.yaml": OUTLINE,
        "storygen.toml": "jobs = 1\n",
        "codex/ines.md": "---\nname: Ines Moreau\n---\n\nA clockmaker.\n",
        "style/guide.md": "Plain words.\n",
        "notes.txt": "The boat leaves at nine.\n",
        "templates/fiction/section/user.md.j2": TEMPLATE,
    }.items():
        (book / name).parent.mkdir(exist_ok=True, parents=True)
        (book / name).write_text(text)
    outline = str(book / "outline.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(book.parent))
        assert 0 == run(["write", outline, "--rehearse", "--limit", "1", "-q"])
        assert 0 == run(["rewrite", outline, "the-last-boat", "--rehearse", "--yes", "-q"])
    partial = book / "drafts" / "02-an-hour-owed.partial.md"
    partial.write_text("---\nid: an-hour-owed\nstatus: incomplete\n---\n\nTobias sat\n")
    assert [] == [name for name in FILES if not (book / name).is_file()]
    return book


@st.composite
def spoilt(draw: st.DrawFn, sound: bytes) -> bytes:
    """Draw what may have become of a file: nothing like it, cut, or with something in the middle of it."""
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(sound))] * 2)))
    rubbish = draw(
        st.binary(max_size=40)
        | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
        | st.sampled_from(
            [b"\x00" * 9, b"[" * 3_000, b"{" * 3_000, b"- " * 3_000, b"---\n", b"{{", b"\xff\xfe"]
        )
    )
    return draw(st.sampled_from([rubbish, sound[:start], sound[:start] + rubbish + sound[end:]]))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(FILES), command=st.sampled_from(COMMANDS))
def test_no_file_brings_a_traceback(
    data: st.DataObject,
    sound: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    command: list[str],
) -> None:
    book = tmp_path / "book"
    shutil.rmtree(book, ignore_errors=True)
    shutil.copytree(sound, book)
    (book / name).write_bytes(data.draw(spoilt((sound / name).read_bytes())))
    capsys.readouterr()
    code = run([*command[:1], str(book / "outline.yaml"), *command[1:]])
    said = capsys.readouterr().err

    assert (True, False, False) == (code in CODES, "Traceback" in said, "a fault of storygen" in said), said
    assert code in {0, 1} or said.count("\n") >= 1
