"""A book that is summed up, and a model that writes it: shared by the tests of digests."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import anyio

from storygen.catalogue import Catalogue
from storygen.desk.project import Project, open_project
from storygen.desk.wire import Wire
from storygen.desk.write import awrite
from storygen.desk.written import Written
from storygen.messages import Counted, Delta, Ended, Opened, StopReason, Text, Usage
from storygen.model.wire import encoder
from storygen.writer.events import Event

REPLY = """\
```yaml
happened: In {title} Ines counted the bells.
facts:
- about: Ines
  fact: Ines heard nine bells in {title}.
  quote: nine bells
- about: Ines
  fact: Ines is tall.
  quote: as tall as the mast
```
"""
Answer = Callable[[str, bool], str | Exception | StopReason]


def prose(title: str) -> str:
    """Return the text that the model writes for a section."""
    return f"{title} begins. Ines heard nine bells. {title} ends."


class Model:
    """Writes every section and sums it up; `answers`, told the title and whether it sums up, may differ.

    `asked` holds what it was asked for, in order: a title, or one behind a slash.
    """

    def __init__(
        self,
        answers: Answer = lambda _title, _digest: "",
        *,
        chance: Random | None = None,
        prompt_tokens: int = 10,
    ) -> None:
        self.answers, self.chance, self.prompt_tokens = answers, chance, prompt_tokens
        self.asked: list[str] = []
        self.bodies: dict[str, bytes] = {}
        self.gates: dict[str, anyio.Event] = {}
        self.heard: list[Event] = []

    @asynccontextmanager
    async def wire(self, _project: Project, known: Catalogue) -> AsyncIterator[Wire]:
        yield Wire(encoder(known), self.send)

    async def send(self, body: bytes) -> AsyncGenerator[Delta, None]:
        said = body.decode()
        digest = "<text>" in said
        title = said.rpartition("Section: " if digest else "Title: ")[2].partition("\\n")[0]
        name = f"/{title}" if digest else title
        self.asked.append(name)
        self.bodies[name] = body
        answer = self.answers(title, digest) or (REPLY.format(title=title) if digest else prose(title))
        yield Opened(200)
        if self.chance:
            for _ in range(self.chance.randrange(12)):
                await anyio.lowlevel.checkpoint()
        if name in self.gates:
            await self.gates[name].wait()
        if isinstance(answer, Exception):
            raise answer
        yield Text(answer if not isinstance(answer, StopReason) else "")
        yield Counted(Usage(self.prompt_tokens, output_tokens=5))
        ended = answer if isinstance(answer, StopReason) else StopReason.END_TURN
        yield Ended(ended, ended.value)


def opened(outline: Path, **flags: Any) -> Project:
    """Open the project of *outline* for a real model."""
    return open_project(
        outline, environ={"ANTHROPIC_API_KEY": "sk-ant-test", "STORYGEN_LENGTH": "plain"}, flags=flags
    )


def run(outline: Path, model: Model, **flags: Any) -> Written:
    """Write the book of *outline* with *model*; *flags* are those of the command line."""

    async def main() -> Written:
        with anyio.fail_after(20):
            project = opened(outline, **flags)
            return await awrite(project, wire=model.wire, tell=model.heard.append, chance=Random(1))

    return anyio.run(main)


def files(outline: Path) -> dict[str, str]:
    """Return the drafts, the facts and the manuscript of a book, by name."""
    root = outline.parent
    paths = [*root.glob("drafts/*"), *root.glob("facts/*"), root / "manuscript.md"]
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}
