"""What a person sees: stderr for words, stdout for the product, nothing that moves a cursor from outside."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import textwrap
from contextlib import suppress
from dataclasses import dataclass

import click

from storygen.text.terminal import safe

_SENTENCE = re.compile(r" *= |(?:error|warning|note)\[")
"""How the lines of a drawn finding begin that are words, and no picture of a line."""


@dataclass(frozen=True, slots=True)
class Console:
    """The screen of one command; *quiet* leaves only errors and the product."""

    quiet: bool = False
    verbose: bool = False
    plain: bool = False

    @property
    def live(self) -> bool:
        """Whether lines may be redrawn: a terminal that nobody told to be plain or quiet."""
        return sys.stderr.isatty() and not self.quiet and not self.plain and os.environ.get("TERM") != "dumb"

    @property
    def colour(self) -> bool:
        """Whether words may be coloured."""
        return self.live and not os.environ.get("NO_COLOR")

    def say(self, text: str) -> None:
        """Show words to the person, on stderr, if there still is a terminal that takes them."""
        with suppress(OSError):
            click.echo(safe(text), err=True)

    def sentence(self, text: str) -> None:
        """Show a sentence to the person, wrapped where there is a terminal."""
        self.say(wrapped(text) if sys.stderr.isatty() else text)

    def findings(self, text: str) -> None:
        """Show drawn findings, on stderr; their sentences are wrapped where there is a terminal."""
        self.say(_drawn(text) if sys.stderr.isatty() else text)

    def drawn(self, text: str) -> str:
        """Return drawn findings as stdout shows them best: their sentences are wrapped for a terminal."""
        return _drawn(text) if sys.stdout.isatty() else text

    def fitted(self, text: str) -> str:
        """Return *text* as stdout shows it best: wrapped for a terminal, as it is for a pipe."""
        return wrapped(text) if sys.stdout.isatty() else text

    def note(self, text: str) -> None:
        """Show words that a quiet person does not want."""
        if not self.quiet:
            self.say(text)

    def detail(self, text: str) -> None:
        """Show words that only a curious person wants."""
        if self.verbose:
            self.say(text)

    def product(self, text: str) -> None:
        """Put out what was asked for: made safe for a terminal, untouched in a pipe."""
        try:
            click.echo(safe(text) if sys.stdout.isatty() else text, nl=not text.endswith("\n"))
        except BrokenPipeError:  # whoever reads it has had enough
            drop_stdout()

    def document(self, **fields: object) -> None:
        """Put out one JSON document, as every `--json` does."""
        self.product(json.dumps({"storygen": 1, **fields}, ensure_ascii=False, indent=2))


def _drawn(text: str) -> str:
    """Wrap the sentences of drawn findings; the pictures of lines stay."""
    return "\n".join(wrapped(line) if _SENTENCE.match(line) else line for line in text.split("\n"))


def wrapped(text: str, *, columns: int | None = None) -> str:
    """Wrap *text* at the terminal's width; later lines are set in under the words of the first.

    >>> print(wrapped("   = next: run the same command again", columns=24))
       = next: run the same
         command again
    """
    mark = re.match(r"\s*(= )?", text)
    indent = " " * (mark.end() if mark else 0)
    width = columns or shutil.get_terminal_size().columns
    return textwrap.fill(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def drop_stdout() -> None:
    """Point stdout at nothing: nobody reads it any more, and the interpreter's last flush must not fail."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
