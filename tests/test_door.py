from __future__ import annotations

import subprocess
import sys

import pytest

import storygen

HEAVY = ("httpx", "jinja2", "yaml", "rich", "tiktoken", "markdown_it")


def test_the_door_has_at_most_fifteen_names() -> None:
    assert len(storygen.__all__) <= 15


@pytest.mark.parametrize("name", storygen.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert name == getattr(storygen, name).__name__


def test_all_is_what_is_exposed() -> None:
    assert sorted(storygen.__all__) == dir(storygen)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = storygen.nonsense


@pytest.mark.parametrize(
    "code",
    [
        *(f"from storygen import {name}" for name in ("Draft", "Leg", "Section", "StopReason", "Usage")),
        "from storygen.cli.group import run; run(['--help'])",
        "from storygen.cli.group import run; run(['--version'])",
    ],
)
def test_light_things_import_nothing_heavy(code: str) -> None:
    program = f"import sys\n{code}\nprint([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "[]" == result.stderr.strip()
