"""The options and arguments that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import click
from click.shell_completion import CompletionItem

from storygen.cli.console import Console
from storygen.cli.flags import keep_flag

Command: TypeAlias = Callable[..., Any]
C = TypeVar("C", bound=Command)

as_json = click.option("--json", is_flag=True, help="One JSON document on stdout.")

book_option = click.option(
    "--book",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The book's folder, where it is not the outline's own.",
)


def shared(command: Command) -> Command:
    """Add -q, -v, --debug and --no-color to *command*, and hand it a Console."""

    @click.option("-q", "--quiet", is_flag=True, help="Only errors, and what was asked for.")
    @click.option("-v", "--verbose", is_flag=True, help="Say more.")
    @click.option("--debug", is_flag=True, help="Show tracebacks, for a report of a bug.")
    @click.option("--no-color", is_flag=True, help="No colours and nothing that moves.")
    @functools.wraps(command)
    def wrapped(*, quiet: bool, verbose: bool, debug: bool, no_color: bool, **rest: object) -> object:
        return command(console=Console(quiet=quiet, verbose=verbose or debug, plain=no_color), **rest)

    return wrapped


class OutlinesAndIds(click.ParamType[str]):
    """An outline's path or a section's id; completes both."""

    name = "outline or id"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """Offer the section ids of the outline at hand, or else files."""
        from storygen.cli.naming import ids_here

        given = tuple(ctx.params.get("names") or ())
        with ctx.scope(cleanup=False):
            ids = [CompletionItem(id_) for id_ in ids_here(given) if id_.startswith(incomplete)]
        return ids or [CompletionItem(incomplete, type="file")]


def outlines_and_ids(command: C) -> C:
    """Let *command* take outlines, ids of their sections, and where their sources are."""
    names = click.argument("names", nargs=-1, metavar="[OUTLINE...] [ID...]", type=OutlinesAndIds())
    return names(_source_root(command))


def outlines(command: C) -> C:
    """Let *command* take outlines, and where their sources are."""
    return click.argument("names", nargs=-1, metavar="[OUTLINE...]", type=OutlinesAndIds())(
        _source_root(command)
    )


_source_root = click.option(
    "--source-root",
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="Where the outline's sources are, if not beside it.",
    expose_value=False,
    callback=keep_flag,
)

allow_commands = click.option(
    "--allow-commands",
    is_flag=True,
    help="Run the commands that sources name (run: ...); their output is material.",
    expose_value=False,
    callback=keep_flag,
)
