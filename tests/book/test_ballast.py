from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from storygen.book.attempts import Intent
from storygen.book.ballast import LOW, SIZE, drop, is_low, lay
from storygen.book.journal import open_journal
from storygen.draft import Leg
from storygen.errors import DiskFull
from storygen.messages import Opened, StopReason


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return what sets how many bytes the disk has left."""

    def has(left: int, total: int = 1 << 30) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=total, free=left))

    return has


def test_ballast_takes_the_room_that_it_gives_back(tmp_path: Path) -> None:
    lay(tmp_path)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    drop(tmp_path)

    assert ([SIZE], []) == (sizes, list(tmp_path.iterdir()))


def test_half_a_ballast_is_laid_anew(tmp_path: Path) -> None:
    (tmp_path / "ballast").write_bytes(b"half")
    lay(tmp_path)

    assert SIZE == (tmp_path / "ballast").stat().st_size


@pytest.mark.parametrize(("left", "low"), [(LOW, False), (LOW - 1, True), (0, True)])
def test_a_disk_is_low_before_it_is_full(
    free: Callable[[int], None], tmp_path: Path, left: int, *, low: bool
) -> None:
    free(left)

    assert low == is_low(tmp_path)


def test_a_disk_that_knows_no_size_is_never_low(free: Callable[[int, int], None], tmp_path: Path) -> None:
    free(0, 0)

    assert not is_low(tmp_path)


INTENT = Intent("boat", Leg("", StopReason.CUT), "f", "d", "m")


def test_a_full_disk_begins_nothing_and_still_takes_what_is_under_way(
    free: Callable[[int], None], tmp_path: Path
) -> None:
    with open_journal(tmp_path / "journal.db", clock=float) as journal:
        attempt = journal.open_intent(INTENT)
        journal.opened(attempt, Opened(200))
        free(LOW - 1)
        with pytest.raises(DiskFull, match="the disk is full"):
            journal.open_intent(replace(INTENT, section="pier"))
        journal.partial(attempt, "It rained.", "the run was stopped")

        assert ("It rained.", False) == (journal.text(attempt), (tmp_path / "ballast").exists())
