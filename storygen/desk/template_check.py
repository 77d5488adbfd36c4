"""Tries every template on every section of an outline, and sends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from storygen.catalogue import Lifecycle
from storygen.desk.commission import Past, attempts_of, commission_of
from storygen.desk.material import Material
from storygen.desk.project import Project
from storygen.desk.states import read_book, standings
from storygen.desk.template_diff import Base, difference
from storygen.desk.templates import own_files
from storygen.draft import Finding, Severity, to_mend
from storygen.errors import TemplateError
from storygen.messages import Message
from storygen.outline.tree import Section
from storygen.prompts.jail import the_jail
from storygen.prompts.messages import section_messages
from storygen.prompts.plain import Variables
from storygen.prompts.steps import STEPS
from storygen.prompts.variables import variables_of
from storygen.text.tokens import count_tokens
from storygen.writer.ask import Commission, context_of, without_messages
from storygen.writer.bills import stand_in

ENDING = frozenset({"template/stopped"})
"""What is told once: after it, nothing of these templates is rendered any more."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a check of templates found: how many are an author's own, on how many sections they were tried.

    `unlimited` is what a template may take here as much of as it likes, since the system has no limit for it.
    """

    findings: tuple[Finding, ...]
    own: int
    sections: int
    unlimited: tuple[str, ...] = ()

    def failed(self, *, strict: bool) -> bool:
        """Whether something has to be mended: an error, or with *strict* a warning too."""
        return to_mend(self.findings, strict=strict)


def check_templates(project: Project) -> Tried:
    """Return what is wrong with the templates of *project*, all of it at once.

    Texts that are not written yet are stood in for. Commands among the sources are not run.
    """
    sections = [section for section in project.outline.sections if section.asked]
    bench = _Bench.of(project)
    found = list(project.templates.check(bench.variables(sections[0]) if sections else {}))
    if to_mend(found, strict=False):
        sections = []
    else:
        found += _once(bench.rendered(sections))
    found += _older(project)
    own = own_files(project.templates)
    return Tried(tuple(found), len(own), len(sections), the_jail().unlimited if own else ())


@dataclass(frozen=True, slots=True)
class _Bench:
    """What templates are tried with: a commission that reaches nothing, and texts of all sections, by id."""

    commission: Commission
    texts: Mapping[str, str]

    @classmethod
    def of(cls, project: Project) -> _Bench:
        """Return what the templates of *project* are tried with."""
        commission = commission_of(project, rehearsed=False, past=Past(attempts_of(project.book)))
        quiet = Material(project.source_root, output=lambda command: f"What `{command}` prints.")
        now = standings(project.outline, read_book(project.book))
        texts = {each.section.id: each.text or stand_in(each.section) for each in now}
        return cls(replace(commission, sources=quiet.of), texts)

    def variables(self, section: Section) -> Variables:
        """Return what the templates are given for *section*."""
        outline = self.commission.outline
        return variables_of(outline, section, context_of(self.commission, section, self.texts))

    def rendered(self, sections: Iterable[Section]) -> Iterator[Finding]:
        """Yield what is found where all is rendered on every one of *sections*, as long as anything is."""
        steps = [step for step in STEPS if self._has_own(step)]
        for section in sections:
            for finding in _tried(self.commission, section, self.texts, steps):
                yield finding
                if finding.rule in ENDING:
                    return

    def _has_own(self, step: str) -> bool:
        commission = self.commission
        return any(file.own for file in commission.templates.names(commission.outline.kind, step))


def _tried(
    commission: Commission, section: Section, texts: Mapping[str, str], steps: Iterable[str]
) -> Iterator[Finding]:
    """Render what *section* is asked, then the other *steps* that an author has a hand in."""
    context = context_of(commission, section, texts)
    try:
        messages = section_messages(commission.outline, section, context, commission.templates)
        yield from _size(commission, section, messages)
    except TemplateError as error:
        yield from _told(error, section)
        return
    given = variables_of(commission.outline, section, context)
    for step in steps:
        try:
            commission.templates.render(commission.outline.kind, step, {**given, **STEPS[step].own})
        except TemplateError as error:
            yield from _told(error, section)


def _told(error: TemplateError, section: Section) -> Iterator[Finding]:
    findings = error.findings or (Finding("template/wrong", error.message, help=error.help),)
    where = f"found when it was tried on the section {section.id}"
    return (each if each.help else replace(each, help=where) for each in findings)


def _size(commission: Commission, section: Section, messages: Iterable[Message]) -> Iterator[Finding]:
    """Find a prompt that leaves no room in the model's window for the reply."""
    request = without_messages(commission, section)
    row = commission.catalogue.find(request.model)
    tokens = round(sum(_tokens(message.text) for message in messages) * commission.billed(row))
    if row.lifecycle is not Lifecycle.UNKNOWN and tokens + request.max_tokens > row.window:
        path = commission.templates.names(commission.outline.kind, "section")[-1].path
        yield Finding(
            "template/size",
            f"the prompt of {section.id} has about {tokens:,} tokens and its reply may have "
            f"{request.max_tokens:,}: the window of {row.id} holds {row.window:,}",
            path=path,
            help=f"`storygen prompt {section.id} --parts` shows what takes so much",
        )


@lru_cache(maxsize=4)
def _tokens(text: str) -> int:
    """Count *text*, once for the system message, which comes again with every section."""
    return count_tokens(text)


def _older(project: Project) -> Iterator[Finding]:
    """Yield which templates were copied from shipped ones that have changed since."""
    folder = project.outline.path.parent
    for file in own_files(project.templates):
        found = difference(folder, project.templates, file)
        if found.base is Base.LOST or found.upstream:
            yield Finding(
                "template/older",
                f"storygen has changed this template since it was copied from version {found.version}",
                path=file.path,
                help=f"`storygen templates diff {file.name}` shows what",
                severity=Severity.NOTE,
            )


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Return *findings* without those that say the same of the same place on another section."""
    kept: dict[tuple[str, int, str], Finding] = {}
    for finding in findings:
        kept.setdefault((finding.path, finding.line, finding.message), finding)
    return list(kept.values())
