"""`storygen templates`: the prompt templates, shipped and own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from storygen.cli.naming import named
from storygen.cli.opening import open_here
from storygen.cli.options import as_json, book_option, outlines, shared
from storygen.cli.table import many, table
from storygen.errors import UsageError

if TYPE_CHECKING:
    from storygen.cli.console import Console
    from storygen.desk.template_check import Tried
    from storygen.desk.template_diff import Difference

_folder = click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="The folder of the outline, where it is not this one.",
)


@click.group()
def templates() -> None:
    """List, show, eject, check and compare prompt templates.

    A template is KIND/STEP/ROLE.md.j2. Own ones lie in templates/ beside the outline and come first.
    """


@templates.command("list")
@_folder
@as_json
@shared
def list_(*, console: Console, folder: Path, json: bool) -> None:
    """List the templates in force, and where each comes from."""
    from storygen.desk.templates import open_templates

    found = open_templates(folder).list()
    if json:
        console.document(
            templates=[{"name": file.name, "own": file.own, "path": file.path} for file in found]
        )
        return
    console.product(
        table(("template", "from"), [(file.name, "own" if file.own else "shipped") for file in found])
    )


@templates.command()
@click.argument("name")
@_folder
@shared
def show(*, console: Console, name: str, folder: Path) -> None:
    """Print a template; with storygen/ before its name, the shipped one."""
    from storygen.desk.templates import open_templates

    console.product(open_templates(folder).source(name))


@templates.command()
@click.argument("name")
@_folder
@shared
def eject(*, console: Console, name: str, folder: Path) -> None:
    """Copy a shipped template into templates/, to be changed.

    What it was copied from is kept in templates/.shipped, so that `diff` can tell after an upgrade what has
    changed. To change one block only, extend the shipped template instead: templates/README.md shows how.
    """
    from storygen.desk.templates import eject as copy_out

    console.note(f"{copy_out(folder, name)}\nIt comes before the shipped one from now on.")


@templates.command()
@outlines
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@book_option
@as_json
@shared
@click.pass_context
def check(
    ctx: click.Context,
    /,
    *,
    console: Console,
    names: tuple[str, ...],
    strict: bool,
    book: Path | None,
    json: bool,
) -> None:
    """Try every template on every section of an outline.

    Sends nothing. Exit code 1 where there are errors.
    """
    from storygen.desk.template_check import check_templates

    found = [(path, check_templates(open_here(path, book=book))) for path in named(names).outlines]
    if json:
        console.document(books=[_document(path, tried) for path, tried in found])
    else:
        for path, tried in found:
            _show(console, path, tried)
    ctx.exit(1 if any(tried.failed(strict=strict) for _, tried in found) else 0)


@templates.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--taken", is_flag=True, help="Remember that the changes of storygen are in the template now.")
@_folder
@as_json
@shared
def diff(*, console: Console, names: tuple[str, ...], taken: bool, folder: Path, json: bool) -> None:
    """Show what storygen has changed in templates since you copied them, and what you have.

    Without a NAME, of all your own.
    """
    from storygen.desk.template_diff import differences
    from storygen.desk.templates import take_over

    if taken and not names:
        raise UsageError("--taken wants the names of the templates", "storygen templates diff --taken NAME")
    if taken:
        for name in names:
            console.note(f"{take_over(folder, name)} counts as copied from this version now.")
        return
    found = differences(folder, names)
    if json:
        console.document(templates=[asdict(each) for each in found])
    elif found:
        console.product("\n\n".join(map(_compared, found)))
    else:
        console.note("No template is your own. `storygen templates eject NAME` makes one so.")


def _document(path: Path, tried: Tried) -> dict[str, object]:
    findings = [asdict(finding) for finding in tried.findings]
    return {
        "outline": str(path),
        "own": tried.own,
        "sections": tried.sections,
        "unlimited": list(tried.unlimited),
        "findings": findings,
    }


def _show(console: Console, path: Path, tried: Tried) -> None:
    from storygen.cli.screen import findings_text

    if tried.findings:
        console.findings(findings_text(tried.findings))
    own = "no template of your own" if not tried.own else f"{tried.own} of your own"
    tried_on = f"; every template was tried on {many(tried.sections, 'section')}" * bool(tried.sections)
    console.note(f"{path}: {own}{tried_on}.")
    if tried.unlimited:
        console.note(f"This system does not limit {' and '.join(tried.unlimited)} for templates of your own.")


def _compared(found: Difference) -> str:
    """Say how one template stands to the shipped one, with what differs."""
    from storygen.desk.template_diff import Base

    said = {
        Base.KNOWN: "{name}, copied from storygen {version}.",
        Base.LOST: (
            "{name} was copied from storygen {version}, and templates/.shipped has that text no more:\n"
            "what has changed since is not known. This is all that sets yours apart from the shipped one:"
        ),
        Base.UNSAID: "{name} does not say what it was copied from. This sets it apart from the shipped one:",
        Base.BLOCKS: "{name} overrides blocks ({blocks}); all the rest is storygen's, and changes with it.",
        Base.OWN: "{name} is yours alone: storygen has none of that name.",
    }[found.base].format(name=found.name, version=found.version, blocks=", ".join(found.blocks))
    return "\n\n".join([said, *_changes(found)])


def _changes(found: Difference) -> list[str]:
    """Return what differs, as far as it is known from what."""
    from storygen.desk.template_diff import Base

    if found.base in {Base.BLOCKS, Base.OWN}:
        return []
    if found.base is not Base.KNOWN:
        return [found.own or "Nothing: it is the shipped one, word for word."]
    upstream = (
        f"What storygen has changed since:\n\n{found.upstream}\n\nOnce yours has what you want of it: "
        f"storygen templates diff --taken {found.name}"
    )
    own = f"What you have changed:\n\n{found.own}"
    return [
        upstream if found.upstream else "storygen has changed nothing in it since.",
        own if found.own else "You have changed nothing: without your copy, the shipped one is used.",
    ]
