from __future__ import annotations

import shlex
import sys

import pytest

from storygen.errors import KeyMissing, SettingsError
from storygen.model.key_command import key_from
from storygen.model.keys import Source


def python(code: str) -> str:
    """Return the command line of a program that runs *code*."""
    return shlex.join([sys.executable, "-c", code])


def test_the_first_line_is_the_key() -> None:
    key = key_from(python("print('sk-sentinel'); print('a note')"))

    assert ("sk-sentinel", Source.COMMAND) == (key.secret, key.source)


def test_no_shell_reads_the_command() -> None:
    assert "$HOME;" == key_from(python("import sys; print(sys.argv[1])") + " '$HOME;'").secret


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python("print('sk-sentinel'); raise SystemExit(3)"), "ended with code 3"),
        (python("pass"), "printed nothing"),
        (python("print(); print('sk-sentinel')"), "printed nothing"),
        ("no-program-of-this-name", "cannot be run"),
        ("'nul\x00'", "cannot be run"),
    ],
)
def test_a_failure_is_a_sentence_without_what_was_printed(command: str, words: str) -> None:
    with pytest.raises(KeyMissing, match=words) as caught:
        key_from(command)
    assert "sentinel" not in str(caught.value) + caught.value.help


def test_a_program_that_never_ends_is_given_up_and_its_words_with_it() -> None:
    with pytest.raises(KeyMissing, match="took longer") as caught:
        key_from(
            python("import threading; print('sk-sentinel', flush=True); threading.Event().wait()"),
            patience=0.01,
        )
    assert (None, True) == (caught.value.__cause__, caught.value.__suppress_context__)


def test_what_is_no_key_is_said_to_come_from_the_command() -> None:
    with pytest.raises(SettingsError, match="from key_command"):
        key_from(python("print('two words')"))
