"""`storygen keys`: keys that are stored once and belong to one server each."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from storygen.cli.opening import user_keys
from storygen.cli.options import shared
from storygen.settings import ANTHROPIC

if TYPE_CHECKING:
    from storygen.cli.console import Console


@click.group()
def keys() -> None:
    """Store a key, or show where stored keys lie.

    A key from the environment comes before one from key_command in your config.toml, and that before a
    stored one. Each is sent to the server that it belongs to and to no other.
    """


@keys.command("set")
@click.option("--base-url", metavar="URL", default=ANTHROPIC, help="The server that it belongs to.")
@shared
def set_(*, console: Console, base_url: str) -> None:
    """Store a key: ask for it, or read it from a pipe.

    It belongs to Anthropic, or to the server at --base-url. Nobody but you can read the file.
    """
    from storygen.model.endpoint import messages_url, origin
    from storygen.model.key_file import store_key
    from storygen.model.keys import Key, Source, sources

    messages_url(base_url, keyed=True)
    where, path = origin(base_url), user_keys()
    key = Key(_secret(where), Source.STORED)
    store_key(path, base_url, key)
    console.note(f"stored in {path}; it is sent to {where} and nowhere else")
    first = [
        source
        for source in sources(base_url, anthropic_base_url=os.environ.get("ANTHROPIC_BASE_URL"))
        if os.environ.get(source)
    ]
    if first:
        console.note(f"{first[0]} is set in this environment and comes before it")


@keys.command()
@shared
def path(*, console: Console) -> None:
    """Print the file that holds stored keys."""
    console.product(str(user_keys()))


def _secret(where: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    secret: str = click.prompt(f"Key for {where} (not shown)", hide_input=True, err=True)
    return secret
