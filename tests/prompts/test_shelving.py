from __future__ import annotations

from pathlib import Path

import pytest

from storygen.errors import TemplateError
from storygen.prompts.templates import Templates
from tests.prompts.own import USER, own, rendered


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key")
    folder = tmp_path / "templates"
    (folder / "fiction" / "section").mkdir(parents=True)
    (folder / USER).symlink_to(secret)
    with pytest.raises(TemplateError, match="leads out of"):
        Templates.read(folder)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [(b"\xff\xfe", "not UTF-8"), (b"x" * 300_000, "larger than")],
)
def test_what_is_no_reasonable_text_is_refused(tmp_path: Path, raw: bytes, sentence: str) -> None:
    (tmp_path / USER).parent.mkdir(parents=True)
    (tmp_path / USER).write_bytes(raw)
    with pytest.raises(TemplateError, match=sentence):
        Templates.read(tmp_path)


def test_a_folder_with_the_name_of_a_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / USER).mkdir(parents=True)
    with pytest.raises(TemplateError, match=r"not a regular file|cannot be read"):
        Templates.read(tmp_path)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / USER).parent.mkdir(parents=True)
    (tmp_path / USER).write_bytes(b"\xef\xbb\xbfWrite {{ section.title }}.\r\nNow.")
    assert "Write Title 2.\nNow." == rendered(Templates.read(tmp_path))


def test_other_files_are_ignored(tmp_path: Path) -> None:
    for name in (
        "fiction/section/.user.md.j2",
        "fiction/.hidden/user.md.j2",
        "user.md.j2",
        "notes.md",
        "fiction/section/user.txt",
    ):
        own(tmp_path, "{{ broken", name)
    assert Templates.read().list() == Templates.read(tmp_path).list()


def test_a_missing_folder_means_no_own_templates(tmp_path: Path) -> None:
    assert Templates.read().list() == Templates.read(tmp_path / "nowhere").list()


def test_a_template_is_read_once(tmp_path: Path) -> None:
    templates = own(tmp_path, "Write {{ section.title }}.")
    (tmp_path / USER).write_text("Changed.")
    assert "Write Title 2." == rendered(templates)
