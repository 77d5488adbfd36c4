"""`storygen prompt`: the exact messages of a section."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from storygen.cli.console import wrapped
from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import allow_commands, as_json, book_option, outlines_and_ids, shared
from storygen.cli.table import table
from storygen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from storygen.cli.console import Console
    from storygen.desk.prompt import Prompt


@click.command()
@outlines_and_ids
@click.option("--parts", is_flag=True, help="Only the table of parts, tokens and codex choices.")
@allow_commands
@book_option
@as_json
@shared
def prompt(*, console: Console, names: tuple[str, ...], parts: bool, book: Path | None, json: bool) -> None:
    """Show the exact messages of a section, part by part.

    Nothing is sent; one that is begun is gone on from. The messages go to stdout, the table of their parts
    to stderr.
    """
    from storygen.desk.prompt import prompt as look

    paths, ids = named(names)
    if len(ids) != 1:
        raise UsageError(
            "prompt wants one section id", "storygen prompt outline.yaml ID; `storygen status` lists ids"
        )
    found = look(open_here(paths[0], book=book), ids[0])
    if json:
        console.document(id=ids[0], **_document(found))
        return
    if not parts:
        for message in found.messages:
            console.product(f"─── {message.role} ───\n\n{message.text}\n")
    console.say(_table(found))


def _table(found: Prompt) -> str:
    rows = [
        (part.role, part.name, f"{part.tokens:,}", "cached" if part.cached else "") for part in found.parts
    ]
    text = table(("role", "part", "tokens", ""), rows, right=[2], foot=("", "total", f"{found.tokens:,}", ""))
    if found.choices:
        codex = [
            ("in" if choice.sent else "out", choice.entry.name, f"{choice.tokens:,}", choice.reason)
            for choice in found.choices
        ]
        text += "\n\n" + table(("codex", "entry", "tokens", "why"), codex, right=[2], elastic=[3])
    said = [f"No room for {'; '.join(found.left_out)}."] if found.left_out else []
    said += [f"{remark[:1].upper()}{remark[1:]}." for remark in found.why]
    if found.begun:
        what = "this goes on from them" if found.sent else "nothing more is asked for; it was begun like this"
        said.append(f"It is begun: {found.begun:,} words are there, and {what}.")
    request = found.request
    lines = [f"{request.model}, max_tokens {request.max_tokens:,}; tokens are plain cl100k"]
    if found.stretch.of > 1:
        number, of = found.stretch.number, found.stretch.of
        lines.append(f"this is stretch {number:,} of {of:,}; each one goes on from what came before it")
    lines += [found.why_asked] if found.why_asked else []
    return "\n\n".join([text, *map(_set_in, said), "\n".join(map(_set_in, lines))])


def _set_in(line: str) -> str:
    return wrapped(f"  {line}")


def _document(found: Prompt) -> dict[str, object]:
    """Return what the Messages API is told, but for how the reply comes, and what it is made of."""
    return {
        **{name: value for name, value in found.body.items() if name != "stream"},
        "tokens": found.tokens,
        "asked": found.stretch.asked,
        "stretch": [found.stretch.number, found.stretch.of],
        "parts": [
            {"role": part.role, "name": part.name, "tokens": part.tokens, "cached": part.cached}
            for part in found.parts
        ],
        "codex": [
            {"name": choice.entry.name, "sent": choice.sent, "tokens": choice.tokens, "reason": choice.reason}
            for choice in found.choices
        ],
        "left_out": list(found.left_out),
        "begun": found.begun,
        "context": {"mode": found.mode, "why": list(found.why)},
    }
