"""Makes an outline of a request, level by level, for a person to go on with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from random import Random

import anyio

from storygen.book.attempts import Spent, spent
from storygen.book.journal import Journal
from storygen.desk.allowance import Allowance, refuse_unpriced
from storygen.desk.commission import Past, commission_of, model_of, remarks
from storygen.desk.init import SCHEMA, lay_schema
from storygen.desk.lines import line_of
from storygen.desk.project import Project
from storygen.desk.rescue import rescued
from storygen.desk.unconfigured import nothing_configured
from storygen.desk.wire import OpenWire, http_wire, rehearsal_wire
from storygen.desk.writable import writable
from storygen.draft import Finding, Severity
from storygen.errors import FileError, Unsaved, UsageError
from storygen.files.save import save
from storygen.outline.plan_faults import Fault
from storygen.outline.plan_outline import outline_of
from storygen.outline.planned import Plan, Way
from storygen.outline.read import read_text
from storygen.outline.tree import Outline
from storygen.outline.write import write_outline
from storygen.prompts.planning import Brief
from storygen.text.terminal import safe_line
from storygen.writer.ask import Commission
from storygen.writer.events import Noted, Tell
from storygen.writer.planning import PLAN, Planning, make_plan

_WEIGHTY = {Severity.ERROR, Severity.WARNING}


@dataclass(frozen=True, slots=True)
class Planned:
    """What came of a request: the outline and its text, if there is one, and what is wrong with it.

    It is not `finished` where somebody said stop; the same call goes on. `cost` is what this call paid, in
    micro-dollars; None where nobody knows the price of its model.
    """

    outline: Outline | None
    text: str
    findings: tuple[Finding, ...]
    finished: bool
    rehearsed: bool
    model: str
    spent: Spent
    cost: int | None

    @property
    def sound(self) -> bool:
        """Whether it is whole, and nothing has to be mended."""
        return self.finished and self.outline is not None and not self.findings


def refuse_taken(path: Path) -> None:
    """Raise UsageError where *path* is no place for a new outline: it is taken, or not read as YAML."""
    if path.suffix.lower() not in {".yaml", ".yml"}:
        raise UsageError(f"{path} is no name for an outline in YAML", f"call it {path.with_suffix('.yaml')}")
    if os.path.lexists(path):
        raise UsageError(f"{path} is already there, and is never overwritten", "choose another name with -o")


async def aplan(
    project: Project,
    brief: Brief,
    *,
    rehearse: bool = False,
    tell: Tell = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    wire: OpenWire | None = None,
    chance: Random | None = None,
    allowance: Allowance | None = None,
) -> Planned:
    """Plan what *brief* asks for and return the outline of *project* that it comes to, still in no file.

    *stop* is asked before every piece. Raises StorygenError; what came until then is in the journal, and the
    same call goes on from there.
    """
    allowance = allowance or Allowance.of(project)
    with writable(project) as journal:
        lay_schema(project.book.root)
        rehearsed = rehearse or nothing_configured(project.settings, project.outline)
        past = Past.read(journal, rehearsed=rehearsed)
        commission = commission_of(project, rehearsed=rehearsed, past=past)
        refuse_unpriced(commission, (PLAN,))
        desk = _Desk(project, commission, journal, tell, allowance, wire or _wire(rehearsed=rehearsed))
        planning = await desk.plan(brief, stop=stop, chance=chance)
        paid = spent(journal.attempts(after=past.attempts[-1].id if past.attempts else 0))
    model = model_of(commission, PLAN)
    cost = paid.settled if rehearsed or commission.catalogue.find(model).prices else None
    planned = Planned(None, "", (), planning.finished, rehearsed, model, paid, cost)
    head = tuple(map(safe_line, _head(project, planned, planning, brief.source)))
    return _spelled(planned, planning, project.outline.path, head=head)


def lay(project: Project, planned: Planned) -> Path:
    """Write the outline of *planned* to its file, which must not be there yet, and return that.

    Raises FileError; the plan is in the journal, so that the same call makes it again for nothing.
    """
    path = project.outline.path
    if os.path.lexists(path):
        raise FileError(
            f"{path} has appeared while it was planned, and is not overwritten",
            "move it away and run the same command again; nothing is paid for twice",
        )
    save(path, planned.text)
    return path


def _wire(*, rehearsed: bool) -> OpenWire:
    return rehearsal_wire if rehearsed else http_wire


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where one plan is made."""

    project: Project
    commission: Commission
    journal: Journal
    tell: Tell
    allowance: Allowance
    open_wire: OpenWire

    async def plan(self, brief: Brief, *, stop: Callable[[], bool], chance: Random | None) -> Planning:
        """Open the way to the model and plan what *brief* asks for."""
        commission = self.commission
        try:
            async with self.open_wire(self.project, commission.catalogue) as wire:
                for remark in (*wire.remarks, *remarks(commission, (PLAN,), wire.accepts)):
                    self.tell(Noted(remark))
                line = line_of(
                    commission,
                    self.journal,
                    wire,
                    tell=self.tell,
                    allowance=self.allowance,
                    chance=chance,
                )
                self.journal.begin_run()
                async with line.saves.kept(anyio.sleep):
                    planning = await make_plan(commission, brief, line=line, stop=stop)
        except Unsaved as error:
            raise rescued(error, self.project.book.root) from error
        if planning.finished:
            self.journal.end_run()
        return planning


def _spelled(planned: Planned, planning: Planning, path: Path, *, head: Sequence[str]) -> Planned:
    """Add the outline that *planning* came to, as its text is read again, and all that is wrong with it."""
    if planning.plan is None:
        return replace(planned, findings=tuple(_finding(fault, "", {}) for fault in planning.faults))
    text = write_outline(outline_of(planning.plan, path), head=head)
    reading = read_text(text, path)
    places = _places(planning.plan, reading.outline, text)
    findings = [_finding(fault, str(path), places) for fault in planning.faults]
    findings += [each for each in reading.findings if each.severity in _WEIGHTY]
    return replace(planned, outline=reading.outline, text=text, findings=tuple(findings))


def _places(plan: Plan, outline: Outline | None, text: str) -> dict[Way, tuple[int, str]]:
    """Return for every node of *plan* the line that it begins on in *text*, and what stands there."""
    if outline is None:
        return {}
    lines = text.split("\n")
    nodes = zip(plan.walk(), outline.nodes, strict=True)
    return {way: (node.line, lines[node.line - 1]) for (way, _), node in nodes}


def _finding(fault: Fault, path: str, places: Mapping[Way, tuple[int, str]]) -> Finding:
    line, source = places.get(fault.way, (0, ""))
    column = len(source) - len(source.lstrip(" -")) + 1 if line else 0
    return Finding(
        fault.rule,
        fault.message,
        path=path,
        line=line,
        column=column,
        width=max(1, len(source) - column + 1),
        source=source,
        severity=Severity.WARNING,
    )


def _head(project: Project, planned: Planned, planning: Planning, source: str) -> Iterator[str]:
    """Yield the comments at the top: where it came from, what to do with it."""
    root = PurePath(os.path.relpath(project.book.root, project.outline.path.parent))
    yield f"yaml-language-server: $schema=./{(root / SCHEMA).as_posix()}"
    yield ""
    if planning.plan:
        who = "the rehearsal model, from the request's own sentences" if planned.rehearsed else planned.model
        yield f"Planned from {source} by {who}: {planning.plan.words:,} words."
    if planning.faults:
        yield "What is not as it should be yet:"
    yield from (f"  {fault.message}" for fault in planning.faults)
    yield "Change anything; then"
    yield "  storygen check     looks for mistakes"
    yield "  storygen write     writes what is missing, then compiles manuscript.md"
