"""What a program is told of a review."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storygen.desk.project import Project
    from storygen.desk.review import Reviewed
    from storygen.draft import Finding
    from storygen.review.measures import Measures


def document(project: Project, reviewed: Reviewed) -> dict[str, object]:
    """Return all of a review: findings of both kinds, and the measures of every section."""
    measures = reviewed.report.measures
    return {
        "outline": str(project.outline.path),
        "book": str(project.book.root),
        "verifiable": [finding_fields(finding) for finding in reviewed.verifiable],
        "indicative": [finding_fields(finding) for finding in reviewed.indicative],
        "sections": [
            {"id": each.id, "title": each.title, **_measures(measures[each.id])} for each in reviewed.sections
        ],
        "style": {
            "samples": _measures(reviewed.samples) if reviewed.samples else None,
            "drafts": _measures(reviewed.measures),
        },
        "unwritten": list(reviewed.unwritten),
        "unchecked": list(reviewed.unchecked),
    }


def finding_fields(finding: Finding) -> dict[str, object]:
    """Return a finding of a review, field by field."""
    told = asdict(finding)
    return {name: told[name] for name in ("rule", "path", "line", "column", "quote", "message", "help")}


def _measures(found: Measures) -> dict[str, object]:
    return {
        "words": found.words,
        "sentences": found.sentences.count,
        "sentence_words": round(found.sentences.mean, 2),
        "sentence_variation": round(found.sentences.variation, 3),
        "paragraphs": found.paragraphs.count,
        "paragraph_words": round(found.paragraphs.mean, 2),
        "paragraph_variation": round(found.paragraphs.variation, 3),
        "speech": round(found.speech, 4),
        "variety": None if found.variety is None else round(found.variety, 4),
        "again": round(found.again, 4),
    }
