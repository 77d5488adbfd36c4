"""The command `storygen`: its table of commands, loaded when asked for, and what an error looks like."""

from __future__ import annotations

from importlib import import_module
from io import StringIO
from keyword import iskeyword
from typing import TYPE_CHECKING, NamedTuple

import click

from storygen import __version__
from storygen.cli.console import Console, drop_stdout
from storygen.errors import FileError, Interrupted, OutlineError, Stopped, StorygenError, TemplateError
from storygen.files.trouble import why

if TYPE_CHECKING:
    from collections.abc import Sequence


class Entry(NamedTuple):
    """Where a command is, and its line in `storygen --help`."""

    module: str
    summary: str


COMMANDS = {
    "init": Entry("init", "Begin a book: a small project, or a shipped outline."),
    "plan": Entry("plan", "Make an outline of a request: a paragraph, or ten pages; - reads it from stdin."),
    "check": Entry("check", "Look for mistakes in an outline, its codex and its sources."),
    "write": Entry("write", "Write what is missing, then compile the manuscript."),
    "status": Entry("status", "Show what is written, what it took and what is left."),
    "accept": Entry("accept", "Take stale text as right as it is, without a call."),
    "rewrite": Entry("rewrite", "Write a new version of named sections; the old text is kept."),
    "continue": Entry("rewrite", "Go on from the end of a section as it is now."),
    "versions": Entry("versions", "List the texts that a section has had."),
    "diff": Entry("versions", "Show what differs between two versions of a section."),
    "use": Entry("versions", "Use another variant of the last rewrite of a section."),
    "restore": Entry("versions", "Bring back any version of a section; the text in its place is kept."),
    "build": Entry("build", "Compile the manuscript from the drafts, or build them into a folder of pages."),
    "log": Entry("log", "Show every request: when, what it took, what became of it."),
    "provenance": Entry("provenance", "Show who wrote what: words generated, words by hand, models, dates."),
    "review": Entry(
        "review", "Review what is written: what breaks a convention, what is said twice, how it reads."
    ),
    "prompt": Entry("prompt", "Show the exact messages of a section, part by part."),
    "templates": Entry("templates", "List, show, eject, check and compare prompt templates."),
    "models": Entry("models", "List models: windows, prices, what they accept."),
    "rehearsal": Entry("rehearsal", "Serve the built-in model to this machine, over HTTP."),
    "keys": Entry("keys", "Store a key, or show where stored keys lie."),
    "config": Entry("config", "Show every setting and where it comes from."),
    "schema": Entry("schema", "Print the JSON Schema of an outline, for editors."),
    "completion": Entry("completion", "Print the completion script of a shell."),
}
"""Every command, in the order in which a newcomer meets them."""


class LazyGroup(click.Group):
    """A group that imports a command only when it is used, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command called *cmd_name* and return it."""
        if cmd_name not in COMMANDS:
            return None
        entry = COMMANDS[cmd_name]
        name = cmd_name + "_" * iskeyword(cmd_name)
        command: click.Command = getattr(import_module(f"storygen.cli.{entry.module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest the nearest one."""
        if args and args[0] not in COMMANDS:
            from storygen.text.nearest import nearest

            close = nearest(args[0], COMMANDS)
            ctx.fail(f"no command is called '{args[0]}'." + (f" Did you mean '{close}'?" if close else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands from the table, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, prog_name="storygen")
def storygen() -> None:
    """Turn an outline into a long Markdown manuscript, section by section.

    \b
    storygen init tale --from short-story    a book to start from
    storygen write tale/outline.yaml         write it; without a key, rehearse it
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command; return the exit code. A traceback is only for those who ask with --debug."""
    try:
        code = storygen.main(args=list(arguments), prog_name="storygen", standalone_mode=False)
    except click.ClickException as error:
        show_mistake(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except SystemExit:  # so click ends where whoever reads has had enough; nothing is wrong with that
        return 0
    except (StorygenError, OSError, MemoryError, ImportError) as error:
        return _told(_explained(error))
    except Exception as fault:
        if "--debug" in arguments:
            raise
        show_fault(fault)
        return 1
    return code if isinstance(code, int) else 0


def _explained(error: Exception) -> StorygenError:
    """Return *error* as one of ours: what this machine would not give."""
    match error:
        case StorygenError():
            return error
        case MemoryError():
            what, next_ = "there is not enough memory", "make room, or raise the limit (ulimit -v)"
        case ImportError():
            what = f"a part of storygen cannot be loaded: {error}"
            next_ = "raise the limits of memory and open files (ulimit), or install storygen anew"
        case _:
            what, next_ = f"the system says: {_words(error)}", "put that right"
    drop_stdout()
    return FileError(what, f"{next_}; then run the same command again; what was written is kept")


def _words(error: Exception) -> str:
    if not isinstance(error, OSError):
        return str(error)
    return f"{error.filename}: {why(error)}" if error.filename else why(error)


def _told(error: StorygenError) -> int:
    """Show what stopped a command, and return the exit code."""
    show_error(error)
    return 128 + error.signal if isinstance(error, Interrupted) else error.exit_code


def show_mistake(error: click.ClickException) -> None:
    """Say on stderr what was wrong with the words of a command, in click's way but safely: some are names."""
    shown = StringIO()
    error.show(shown)
    Console().say(shown.getvalue().removesuffix("\n"))


def show_error(error: StorygenError) -> None:
    """Say on stderr what happened, where, and what to do next."""
    from storygen.cli.screen import findings_text

    console = Console()
    if isinstance(error, OutlineError | TemplateError) and error.findings:
        console.findings(findings_text(error.findings))
        return
    stopped = isinstance(error, Interrupted | Stopped)
    console.sentence(error.message if stopped else f"error: {error.message}")
    for note in error.notes:
        console.sentence(f"   = {note}")
    if error.help:
        console.sentence(f"   = next: {error.help}")


def show_fault(fault: Exception) -> None:
    """Own up to a bug of ours, without a page of code."""
    from storygen.model.keys import without_keys

    console = Console()
    said = without_keys(f"{type(fault).__name__}: {fault}")
    console.sentence(f"error: this is a fault of storygen: {said}")
    console.sentence("   = what was written is kept")
    console.sentence("   = next: run it again with --debug and report what it shows")
