from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from storygen.errors import FileError
from storygen.files.save import save, sweep


def test_a_new_file_is_written(tmp_path: Path) -> None:
    assert save(tmp_path / "a.md", "é\r\n")
    assert "é\r\n".encode() == (tmp_path / "a.md").read_bytes()


def test_an_unchanged_file_is_not_touched(tmp_path: Path) -> None:
    save(tmp_path / "a.md", "text")
    before = (tmp_path / "a.md").stat()

    assert not save(tmp_path / "a.md", "text")
    assert before.st_ino == (tmp_path / "a.md").stat().st_ino


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    save(tmp_path / "a.md", "text")
    save(tmp_path / "a.md", "other")

    assert ["a.md"] == [path.name for path in tmp_path.iterdir()]


def test_what_a_killed_process_left_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        ".storygen-0123456789abcdef.tmp",
        ".storygen-x7_k2.tmp-journal",
        "a.md",
        ".storygen",
        "b.tmp",
    ):
        (tmp_path / name).write_text("text")
    sweep(tmp_path)

    assert [".storygen", "a.md", "b.tmp"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("old")
    (tmp_path / "a.md").chmod(0o600)
    save(tmp_path / "a.md", "new")

    assert 0o600 == (tmp_path / "a.md").stat().st_mode & 0o777


def test_a_new_file_obeys_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        save(tmp_path / "a.md", "text")
    finally:
        os.umask(before)

    assert 0o640 == (tmp_path / "a.md").stat().st_mode & 0o777


def test_a_link_is_replaced_and_never_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("precious")
    (tmp_path / "link").symlink_to("target")
    save(tmp_path / "link", "text")

    assert ("precious", "text") == ((tmp_path / "target").read_text(), (tmp_path / "link").read_text())


def test_a_pipe_is_refused_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(FileError, match="no regular file"):
        save(tmp_path / "pipe", "text")


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="its folder does not exist"):
        save(tmp_path / "none" / "a.md", "text")


def test_a_name_that_is_too_long_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="name is too long"):
        save(tmp_path / ("é" * 200), "text")


def test_half_a_character_is_an_error_and_the_old_text_stays(tmp_path: Path) -> None:
    save(tmp_path / "a.md", "old")
    with pytest.raises(FileError, match="half a character"):
        save(tmp_path / "a.md", "\ud800")

    assert "old" == (tmp_path / "a.md").read_text()


def test_a_full_disk_is_said_and_leaves_the_old_text_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "a.md", "old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="the disk is full"):
        save(tmp_path / "a.md", "new")

    assert ["a.md"] == [path.name for path in tmp_path.iterdir()]
    assert "old" == (tmp_path / "a.md").read_text()


def test_a_folder_that_the_disk_fails_to_keep_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(FileError, match="the disk reports an error"):
        save(tmp_path / "a.md", "new")


def test_a_folder_that_cannot_wait_for_the_disk_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", unable)

    assert save(tmp_path / "a.md", "new")


def test_a_text_is_on_the_disk_before_it_has_its_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.md"
    save(path, "old")
    seen = []

    def forced(handle: int) -> None:
        file = stat.S_ISREG(os.fstat(handle).st_mode)
        seen.append((file, sorted(each.read_text() for each in tmp_path.iterdir())))

    monkeypatch.setattr(os, "fsync", forced)
    save(path, "new")

    assert [(True, ["new", "old"]), (False, ["new"])] == seen


WRITER = """
import sys
from pathlib import Path
from storygen.files.save import save
for number in range(1_000_000):
    save(Path(sys.argv[1]), "ab"[number % 2] * 100_000)
    print("saved", flush=True)
"""


def test_a_reader_finds_the_old_text_or_the_new_one_at_every_moment(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        writer.stdout.readline()
        found = {path.read_text() for _ in range(2_000)}
        writer.kill()
        found.add(path.read_text())

    assert {"a" * 100_000, "b" * 100_000} == found


def test_a_text_that_nobody_got_to_the_disk_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "a.md", "old")
    for call in ("open", "fdopen", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(
                os, call, lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error"))
            )
            with pytest.raises(FileError, match="the disk reports an error"):
                save(tmp_path / "a.md", "new")

    assert "old" == (tmp_path / "a.md").read_text()
