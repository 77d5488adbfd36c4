"""What a section is asked from, at the moment when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from storygen.desk.freshness import Hashes
from storygen.desk.inputs import Inputs
from storygen.desk.material import named_style
from storygen.desk.project import Project
from storygen.draft import Digest
from storygen.outline.tree import Section
from storygen.writer.ask import Commission, context_of


def asked_from(
    project: Project, commission: Commission
) -> Callable[[Section, Mapping[str, str], Mapping[str, Digest]], Hashes]:
    """Return what gives the inputs of a section that *commission* is about to ask for, all of them."""
    inputs = Inputs(project, lambda section: _files(commission, section))

    def asked(section: Section, texts: Mapping[str, str], digests: Mapping[str, Digest]) -> Hashes:
        context = context_of(replace(commission, digests=digests), section, texts)
        sent = {choice.entry.name for choice in context.choices if choice.sent}
        return inputs.at(section, texts, digests, told=sent, full=bool(context.finished))

    return asked


def _files(commission: Commission, section: Section) -> dict[str, str]:
    """Return the texts of the files that the prompt of *section* holds, as they were read for this run."""
    own = commission.styles.get(section.id)
    return {
        **{f"source:{source.name}": source.text for source in commission.sources(section)},
        **named_style(commission.outline.style, commission.style),
        **(named_style(section.style, own) if own else {}),
    }
