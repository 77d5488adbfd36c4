"""Opening the journal's file: the right database, whole, and safe to write to, or a sentence why not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from shutil import disk_usage

from storygen.book.schema import APPLICATION_ID, SEALED, VERSION, migrate
from storygen.book.seals import broken_seal, seal_from_now
from storygen.crash_points import Reached, unwatched
from storygen.errors import JournalError
from storygen.files.save import PREFIX, SUFFIX
from storygen.files.trouble import why

_MAGIC = b"SQLite format 3\0"
_BUSY_SECONDS = 5.0
_KEEP = "move it away to begin a new journal; drafts stay, but what was paid is forgotten"
_WHY = {
    sqlite3.SQLITE_FULL: ("the disk is full", "make room and run the same command again"),
    sqlite3.SQLITE_READONLY: ("it is read-only", "make it writable and run the same command again"),
    sqlite3.SQLITE_IOERR: ("the disk reports an error", "check the disk before you go on"),
    sqlite3.SQLITE_BUSY: ("another program is using it", "close that program and run the same command again"),
    sqlite3.SQLITE_CANTOPEN: (
        "it cannot be opened",
        "look at its permissions, those of its folder, and how many files may be open (ulimit -n)",
    ),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", f"restore it from a backup, or {_KEEP}"),
    sqlite3.SQLITE_NOTADB: ("it is damaged", f"restore it from a backup, or {_KEEP}"),
}
_UNWRITABLE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
_PASSING = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY}
_NO_SHARED_MEMORY = {
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMLOCK,
    sqlite3.SQLITE_IOERR_SHMMAP,
}

_SHARED = 32 << 10
"""Bytes that SQLite asks for at once, for what readers share."""


def open_writer(path: Path, *, reached: Reached = unwatched) -> sqlite3.Connection:
    """Open the journal at *path* to write, or make it; the caller holds the book's lock.

    Raises JournalError, each time with its own sentence, for what is no journal, damaged or newer.
    """
    with told(path):
        if not path.exists() and not path.is_symlink():
            _refuse_a_lone_log(path)
            _create(path, reached)
        _judge_file(path)
        db = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS)
        try:
            _judge_database(db, path)
            migrate(db, reached=reached)
            choose_mode(db)
            for pragma in ("synchronous = FULL", "foreign_keys = ON", "mmap_size = 0"):
                db.execute(f"PRAGMA {pragma}")
            seal_from_now(db)
        except BaseException:
            db.close()
            raise
        return db


def open_reader(path: Path) -> sqlite3.Connection:
    """Open the journal at *path* to look at, beside a running write; an absent one is empty.

    Raises JournalError as `open_writer` does.
    """
    with told(path):
        if not path.exists() and not path.is_symlink():
            db = sqlite3.connect(":memory:", isolation_level=None)
            migrate(db)
            return db
        _judge_file(path)
        db = _connect_reader(path)
        try:
            db.execute("PRAGMA query_only = ON")
            _judge_database(db, path)
            return _up_to_date(db)
        except BaseException:
            db.close()
            raise


def _up_to_date(db: sqlite3.Connection) -> sqlite3.Connection:
    """Return *db*, or a copy in memory with today's tables where an older storygen made it."""
    if db.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return db
    copy = sqlite3.connect(":memory:", isolation_level=None)
    db.backup(copy)
    db.close()
    migrate(copy)
    return copy


def choose_mode(db: sqlite3.Connection) -> str:
    """Turn write-ahead logging on and return the mode that came of it; some disks cannot do it.

    >>> with closing(sqlite3.connect(":memory:")) as db:
    ...     choose_mode(db)
    'memory'
    """
    try:
        mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    except sqlite3.OperationalError as error:  # a disk without shared memory says so only when asked
        if error.sqlite_errorcode not in _NO_SHARED_MEMORY and _kind(error) == sqlite3.SQLITE_IOERR:
            raise
        mode = ""
    return mode if mode == "wal" else str(db.execute("PRAGMA journal_mode = TRUNCATE").fetchone()[0])


def damaged(path: Path, how: str) -> JournalError:
    """Return the error of a journal that is not what was written."""
    return JournalError(f"the journal {path} is damaged: {how}", f"restore it from a backup, or {_KEEP}")


def is_lasting(error: BaseException) -> bool:
    """Say whether *error*, one that `told` has made, forbids every further write.

    What a disk has failed to keep it may take for kept when it is asked again.
    """
    cause = error.__cause__
    return isinstance(cause, sqlite3.Error) and _kind(cause) not in _PASSING


def close_untouched(db: sqlite3.Connection, path: Path) -> None:
    """Close *db*, the journal at *path*, and leave its log where it is.

    Moving it into the journal, as SQLite does at the last closing, would ask a failed disk once more.
    """
    with suppress(sqlite3.Error), closing(_connect_reader(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("PRAGMA user_version").fetchone()  # as long as somebody reads, this is not the last
        db.close()
    db.close()


def _kind_at(path: Path, error: sqlite3.Error) -> int:
    """Return the kind of *error* at *path*; a disk without room for what readers share is a full one."""
    shares = _code(error) == sqlite3.SQLITE_IOERR_SHMSIZE
    return sqlite3.SQLITE_FULL if shares and disk_usage(path.parent).free < _SHARED else _kind(error)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the journal at *path* into a JournalError."""
    try:
        yield
    except sqlite3.Error as error:
        words, help_ = _WHY.get(_kind_at(path, error), (str(error), "run the same command with --debug"))
        raise JournalError(f"the journal {path} cannot be used: {words}", help_) from error
    except UnicodeDecodeError as error:  # Python cannot even read what SQLite says about a damaged table
        raise damaged(path, "its tables make no sense") from error
    except OSError as error:
        raise JournalError(
            f"the journal {path} cannot be used: {why(error)}",
            "put that right and run the same command again",
        ) from error


def _kind(error: sqlite3.Error) -> int:
    """Return the lowest byte of SQLite's code; the upper ones say more than a person needs."""
    return _code(error) & 0xFF


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0)  # Python's own errors have none


def _refuse_a_lone_log(path: Path) -> None:
    """Raise JournalError where the journal is gone and its log is not: a new one would use it."""
    if _has_log(path):
        raise JournalError(
            f"the journal {path} is gone, but its log is there",
            f"put the journal back, or move {path.name}-wal away to begin a new one; "
            "drafts stay, but what was paid is forgotten",
        )


def _create(path: Path, reached: Reached) -> None:
    """Make an empty journal under another name and give it its own only once it is whole."""
    handle, name = tempfile.mkstemp(SUFFIX, PREFIX, path.parent)  # mkstemp makes it 0600
    os.close(handle)
    try:
        with closing(sqlite3.connect(name, isolation_level=None)) as db:
            migrate(db, reached=reached)
        Path(name).rename(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _judge_file(path: Path) -> None:
    """Look at the first bytes: SQLite itself would take an empty file for a fresh start."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise JournalError(f"the journal {path} is no regular file", "move it away")
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
    if not head:
        raise JournalError(
            f"the journal {path} is empty: zero bytes", f"restore it from a backup, or {_KEEP}"
        )
    if not any(head):
        raise JournalError(
            f"the journal {path} holds only zeros, as after a power cut", f"restore it, or {_KEEP}"
        )
    if head != _MAGIC:
        raise JournalError(f"{path} is no journal, and no database at all", _KEEP)


def _judge_database(db: sqlite3.Connection, path: Path) -> None:
    """Make sure that *db* is storygen's, not from the future, and whole."""
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise JournalError(f"{path} is the database of another program", _KEEP)
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise JournalError(f"the journal {path} was written by a newer storygen", "update storygen")
    verdict = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        raise damaged(path, verdict)
    if version >= SEALED and (table := broken_seal(db)):
        raise damaged(path, f"a row of the table `{table}` is not what was written")


def _connect_reader(path: Path) -> sqlite3.Connection:
    """Open read-only; on a disk where even that is too much for WAL, take the files as they lie."""
    address = path.absolute().as_uri() + "?mode=ro"
    db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
    try:
        db.execute("PRAGMA user_version").fetchone()
    except sqlite3.OperationalError as error:
        db.close()
        if _kind(error) not in _UNWRITABLE:
            raise
        if _has_log(path):
            return _copied(path)
        return sqlite3.connect(address + "&immutable=1", uri=True, isolation_level=None)
    return db


def _copied(path: Path) -> sqlite3.Connection:
    """Return a copy in memory of the journal and its log, made where SQLite may write beside them."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    with tempfile.TemporaryDirectory() as folder:
        for file in _with_logs(path):
            shutil.copy(file, folder)
        with closing(sqlite3.connect(Path(folder, path.name), isolation_level=None)) as db:
            db.backup(copy)
    return copy


def _has_log(path: Path) -> bool:
    """Say whether a log beside *path* holds what the file itself does not have yet."""
    return any(file != path and file.stat().st_size > 0 for file in _with_logs(path))


def _with_logs(path: Path) -> list[Path]:
    """Return the journal at *path* and the logs beside it, those of them that are there."""
    files = (path.with_name(path.name + suffix) for suffix in ("", "-wal", "-journal"))
    return [file for file in files if file.exists()]


def roll_back(db: sqlite3.Connection) -> None:
    """Take back what is not committed."""
    with suppress(sqlite3.Error):  # what has gone wrong before says more
        if db.in_transaction:  # on a full disk SQLite has rolled back by itself
            db.execute("ROLLBACK")
