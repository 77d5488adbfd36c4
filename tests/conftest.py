from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import Phase, settings

settings.register_profile("search", deadline=None)  # how long an example takes says how busy a machine is
settings.register_profile("suite", settings.get_profile("search"), derandomize=True)  # the same every time
settings.load_profile("suite")
settings.register_profile(
    "first-failure",  # for runs that only want to know whether there is one: not shrunk
    settings.get_profile("suite"),
    database=None,
    phases=(Phase.explicit, Phase.generate),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let tests that try one thing in thousands of places be told to try all of them."""
    parser.addoption("--every", action="store_true", help="try every byte where else every few are tried")


@pytest.fixture(scope="session")
def stride(pytestconfig: pytest.Config) -> int:
    """Return how far apart the places are that a test tries one by one."""
    return 1 if pytestconfig.getoption("every") else 7


@pytest.fixture(autouse=True)
def nobody_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give every test an empty home and an environment without keys, endpoints or settings."""
    for name in [name for name in os.environ if name.startswith(("ANTHROPIC_", "STORYGEN_", "XDG_"))]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NO_COLOR", "1")
    return home


@pytest.fixture
def tale(tmp_path: Path) -> Path:
    """Return an outline of three short scenes, in a folder of its own."""
    path = tmp_path / "tale" / "outline.yaml"
    path.parent.mkdir()
    path.write_text(TALE, encoding="utf-8")
    return path


TALE = """\
title: The Ferry Clock
words: 360
sections:
  - title: The last boat
    beats: [Ines boards the ferry with a toolbox., She finds the saloon empty.]
  - title: An hour owed
    beats: [Tobias explains whom he waited for., The engine stops in the sound.]
  - title: Right time
    beats: [The clock strikes at the pier., Ines hands over the key.]
"""
