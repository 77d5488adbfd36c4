"""`storygen schema`: what an outline may hold, for editors."""

from __future__ import annotations

import json

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of an outline, for editors."""
    from storygen.outline.schema import schema as outline_schema

    click.echo(json.dumps(outline_schema(), indent=2, ensure_ascii=False))
