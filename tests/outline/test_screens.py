from __future__ import annotations

from pathlib import Path

import pytest

from storygen.cli.screen import findings_text
from storygen.outline.read import read

CASES = Path(__file__).parent / "cases"
BYTES = {
    "latin-1.yaml": "title: Café\nsections: [A]\n".encode("latin-1"),
    "utf-16.yaml": "title: The Lamp Room\nsections: [A]\n".encode("utf-16"),
    "utf-16-without-mark.yaml": "title: The Lamp Room\nsections: [A]\n".encode("utf-16-le"),
    "nul.yaml": b"title: The Lamp Room\nsections: [A\0]\n",
    "escape.yaml": b"title: The \x1b[31mLamp Room\nsections: [A]\n",
    "mark-and-mixed-lines.yaml": b"\xef\xbb\xbftitle: The Lamp Room\r\nsections: [A]\rwrods: b\n",
    "no-bytes.yaml": b"",
    "too-large.yaml": b"#" * (2 * 1024 * 1024 + 1),
}
NAMES = sorted(path.name for path in CASES.iterdir() if path.suffix in {".yaml", ".md"})


def screen(name: str) -> str:
    """Return what a person sees who checks the outline *name* in the present folder."""
    return findings_text(read(Path(name)).findings).replace(str(Path.cwd()), "HERE")


@pytest.mark.parametrize("name", NAMES)
def test_every_mistake_is_explained_as_written_down(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES)
    expected = (CASES / f"{name}.screen").read_text(encoding="utf-8")

    assert expected == screen(name)


@pytest.mark.parametrize("name", BYTES)
def test_wrong_bytes_are_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(BYTES[name])
    expected = (CASES / f"{name}.screen").read_text(encoding="utf-8")

    assert expected == screen(name)
