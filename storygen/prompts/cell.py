"""The inside of the jail: a process that renders templates, and that can do nothing else.

It is started with an empty environment and two pipes, imports what it needs, gives up every right that it can
give up, and only then hears of a template: they come through the pipe, since it can open no file.
"""

from __future__ import annotations

import codecs
import os
import textwrap
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict
from typing import IO, Any

import jinja2.debug

from storygen.errors import TemplateError
from storygen.prompts.frames import read_frame, write_frame
from storygen.prompts.renderer import Renderer
from storygen.prompts.rights import begin, give_up
from storygen.prompts.shelf import Shelf, TemplateFile

SHELVES = 8
"""How many books' templates are kept ready."""

EARLY = (jinja2.debug, textwrap, codecs.lookup("unicode_escape"))
"""What Jinja imports only when it needs it: too late for a process that can open no file."""


def main() -> None:
    """Give up all rights, say what could not be given up, and answer until nobody asks any more."""
    with os.fdopen(0, "rb") as inlet, os.fdopen(1, "wb") as outlet:
        write_frame(outlet, give_up())
        serve(inlet, outlet)


def serve(inlet: IO[bytes], outlet: IO[bytes]) -> None:
    """Answer the requests that *inlet* brings, one after the other, until it ends."""
    cell = Cell()
    while True:
        try:
            request = read_frame(inlet)
        except EOFError:
            return
        begin()
        write_frame(outlet, cell.answer(request))


class Cell:
    """The renderers of the books that were asked for last, by the keys of their shelves."""

    def __init__(self) -> None:
        """Begin without any."""
        self._renderers: OrderedDict[str, Renderer] = OrderedDict()

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of what is asked, the error of a template, or the wish to be told its shelf."""
        key = request["shelf"]
        if "files" in request:
            self._keep(key, Renderer(_shelf(request["files"])))
        if key not in self._renderers:
            return {"unknown": key}
        try:
            return {"result": _ask(self._renderers[key], request)}
        except TemplateError as error:
            findings = [asdict(finding) for finding in error.findings]
            return {
                "error": {
                    "message": error.message,
                    "help": error.help,
                    "notes": error.notes,
                    "findings": findings,
                }
            }

    def _keep(self, key: str, renderer: Renderer) -> None:
        self._renderers[key] = renderer
        if len(self._renderers) > SHELVES:
            self._renderers.popitem(last=False)


def _ask(renderer: Renderer, request: Mapping[str, Any]) -> object:
    name, given = request["name"], request["given"]
    match request["verb"]:
        case "used":
            return renderer.used(name)
        case "findings":
            return [asdict(finding) for finding in renderer.findings(name, given)]
        case "render":
            return renderer.render(name, given)
        case "blocks":
            return renderer.blocks(name, given)
        case verb:
            raise ValueError(verb)


def _shelf(files: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Shelf:
    own, shipped = (
        {name: TemplateFile(**file) for name, file in files[which].items()} for which in ("own", "shipped")
    )
    return Shelf(own, shipped)
