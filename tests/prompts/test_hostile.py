"""Folders of templates that somebody has made to do harm."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storygen.errors import TemplateError
from storygen.prompts.shelving import LARGEST, LARGEST_ALL, MOST
from storygen.prompts.templates import Templates
from tests.prompts.own import USER, rendered


def linked(name: str, target: str) -> None:
    """Make *name* a link."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).symlink_to(target)


def piped(name: str) -> None:
    """Make *name* a pipe that nobody writes to."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(name)


def large(name: str) -> None:
    """Make *name* a file of ten gigabytes that takes no room."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    with Path(name).open("wb") as file:
        file.truncate(10 << 30)


def many(folder: str) -> None:
    """Fill *folder* with steps."""
    for number in range(MOST + 1):
        (Path(folder) / ("a" * (number + 1))).mkdir(parents=True)


def told(name: str, text: str) -> str:
    """Write *text* into the file *name* and return its folder."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    return str(Path(name).parent.resolve())


HOSTILE = {
    "a link to a secret": lambda: linked(f"templates/{USER}", "/etc/passwd"),
    "a link to the journal": lambda: linked(f"templates/{USER}", "../../../.storygen/journal.db"),
    "a link to a device": lambda: linked(f"templates/{USER}", "/dev/zero"),
    "a link to itself": lambda: linked(f"templates/{USER}", "user.md.j2"),
    "a folder that is a link": lambda: linked("templates/fiction", "/etc"),
    "a step that is a link": lambda: linked("templates/fiction/section", told("secret/user.md.j2", "x")),
    "a templates folder that is a link": lambda: linked("templates", "/etc"),
    "a pipe": lambda: piped(f"templates/{USER}"),
    "ten gigabytes": lambda: large(f"templates/{USER}"),
    "a thousand steps": lambda: many("templates/fiction"),
    "a file beside them": lambda: told(f"templates/{USER}", "{% include '.env' %}"),
    "the journal": lambda: told(f"templates/{USER}", "{% include '../.storygen/journal.db' %}"),
    "a walk": lambda: told(f"templates/{USER}", "{{ ''.__class__.__base__.__subclasses__() }}"),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_folder_ends_in_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    HOSTILE[name]()
    with pytest.raises(TemplateError):
        rendered(Templates.read(tmp_path / "templates"))


def test_many_large_templates_are_refused(tmp_path: Path) -> None:
    text = "x" * (LARGEST - 1)
    for number in range(LARGEST_ALL // LARGEST + 1):
        told(str(tmp_path / "fiction" / ("a" * (number + 1)) / "user.md.j2"), text)
    with pytest.raises(TemplateError, match="are larger than 2,000,000 characters"):
        Templates.read(tmp_path)


OPEN_ALL = """
import sys
from pathlib import Path
from storygen.errors import TemplateError
from storygen.prompts.templates import Templates
from tests.prompts.own import own, rendered
begin, *folders = map(Path, sys.argv[1:])
rendered(own(begin, "{{ section.title }}"))
(begin / "begun").write_text("from here on, only what templates are responsible for")
for folder in folders:
    try:
        rendered(Templates.read(folder))
    except TemplateError:
        print(folder)
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_hostile_folder_opens_nothing_outside_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [str(tmp_path / str(number) / "templates") for number in range(len(HOSTILE))]
    for folder, make in zip(folders, HOSTILE.values(), strict=True):
        Path(folder).parent.mkdir()
        monkeypatch.chdir(Path(folder).parent)
        told(".storygen/journal.db", "paid")
        told(".env", "KEY=secret")
        make()
    home = Path(__file__).parents[2]
    monkeypatch.chdir(home)
    trace = ("strace", "-f", "-qq", "-e", "trace=open,openat,openat2,connect", "-o", str(tmp_path / "trace"))
    words = [*trace, sys.executable, "-c", OPEN_ALL, str(tmp_path / "fine"), *folders]
    ended = subprocess.run(words, capture_output=True, text=True, check=True)
    _, lines = (tmp_path / "trace").read_text(encoding="utf-8", errors="replace").split("begun", 1)
    library = "|".join(map(re.escape, (sys.prefix, sys.base_prefix, str(home))))
    allowed = re.compile(rf'ENOENT|"({library}|{tmp_path}/\d+/templates["/])')
    outside = [line for line in lines.splitlines() if "open" in line and not allowed.search(line)]

    assert (folders, []) == (ended.stdout.splitlines(), outside)
