from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storygen.book.journal import Journal, open_journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the journal is."""
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    """Open a new journal, in which it is always the same moment."""
    with open_journal(path, clock=lambda: 0.0) as journal:
        yield journal
