from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from storygen.errors import FileError, SettingsError
from storygen.model.key_file import store_key, stored_keys
from storygen.model.keys import Key, Source

HOME, GATEWAY = "https://api.anthropic.com", "https://gateway.example/v1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a place in a folder that is not there yet."""
    return tmp_path / "config" / "storygen" / "keys.json"


def secrets(path: Path) -> dict[str, str]:
    """Return what is stored, in clear."""
    return {where: key.secret for where, key in stored_keys(path).items()}


def mode(path: Path) -> int:
    """Return who may do what with *path*."""
    return stat.S_IMODE(path.stat().st_mode)


def test_without_a_file_there_are_no_keys(path: Path) -> None:
    assert {} == stored_keys(path)


def test_every_origin_has_its_own_key_and_the_newest_counts(path: Path) -> None:
    for base_url, secret in ((HOME, "first"), (GATEWAY, "second"), (HOME, "third")):
        store_key(path, base_url, Key(secret))

    assert {HOME: "third", "https://gateway.example": "second"} == secrets(path)


def test_a_stored_key_knows_where_it_comes_from(path: Path) -> None:
    store_key(path, HOME, Key("first"))

    assert [Source.STORED] == [key.source for key in stored_keys(path).values()]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_the_file_and_its_folder_are_private_under_any_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        store_key(path, HOME, Key("first"))
    finally:
        os.umask(before)

    assert (0o600, 0o700) == (mode(path), mode(path.parent))


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("open_to", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_may_touch_is_refused_with_the_way_out(path: Path, open_to: int) -> None:
    store_key(path, HOME, Key("first"))
    path.chmod(open_to)

    with pytest.raises(SettingsError) as caught:
        stored_keys(path)
    assert f"chmod 600 {path}" in caught.value.help


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_storing_a_key_closes_what_stood_open(path: Path) -> None:
    store_key(path, HOME, Key("first"))
    path.chmod(0o644)
    path.parent.chmod(0o755)
    store_key(path, GATEWAY, Key("second"))

    assert (0o600, 0o700, 2) == (mode(path), mode(path.parent), len(stored_keys(path)))


def test_a_link_is_followed_and_stays(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "elsewhere.json")
    tmp_path.chmod(0o755)
    store_key(path, HOME, Key("first"))

    assert (True, {HOME: "first"}, 0o755) == (path.is_symlink(), secrets(path), mode(tmp_path))


@pytest.mark.parametrize("text", ["{", "[]", '{"https://a.example": 1}', "[" * 99_999, "\x00"])
def test_a_file_that_makes_no_sense_is_named_and_never_shown(path: Path, text: str) -> None:
    store_key(path, HOME, Key("first"))
    path.write_text(text)

    with pytest.raises(SettingsError, match="holds no keys as storygen stores them"):
        stored_keys(path)


def test_where_nothing_can_be_stored_a_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "storygen").write_text("a file")

    with pytest.raises(FileError, match="no key can be stored"):
        store_key(tmp_path / "storygen" / "keys.json", HOME, Key("first"))
