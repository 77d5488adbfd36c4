"""`storygen completion`: what a shell needs to complete commands, options and section ids."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(*, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash   eval "$(storygen completion bash)"    in ~/.bashrc
    zsh    eval "$(storygen completion zsh)"     in ~/.zshrc
    fish   storygen completion fish > ~/.config/fish/completions/storygen.fish
    """
    from click.shell_completion import get_completion_class

    from storygen.cli.group import storygen

    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(storygen, {}, "storygen", "_STORYGEN_COMPLETE").source())
