"""What the running command was given that other rooms of the command line want to know."""

from __future__ import annotations

import click

_FLAGS = "storygen.flags"


def keep_flag(ctx: click.Context, param: click.Parameter, value: object) -> None:
    """Keep *value* as a setting that a flag gives: a callback for options that no command takes itself."""
    if value:
        ctx.meta.setdefault(_FLAGS, {})[param.name] = value


def flags_here() -> dict[str, object]:
    """Return the settings that flags of the running command gave beside its own arguments, by name."""
    ctx = click.get_current_context(silent=True)
    return dict(ctx.meta.get(_FLAGS, {})) if ctx else {}


def book_here() -> object:
    """Return the --book of the running command, if it has one."""
    ctx = click.get_current_context(silent=True)
    return ctx.params.get("book") if ctx else None
