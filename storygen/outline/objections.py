"""What a model objects to in a text: its reply in YAML, read leniently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from storygen.draft import Objection
from storygen.outline.cards import Reader
from storygen.outline.fields import Field, Want, Where
from storygen.outline.paths import Shelf
from storygen.outline.replies import yaml_in
from storygen.outline.scraps import Items, Pairs, Scrap
from storygen.outline.sheet import Sheet
from storygen.outline.values import reader_of
from storygen.outline.yaml_composer import Fragment
from storygen.outline.yaml_reader import read_yaml
from storygen.text.slug import slug

_NOBODY = Where(0)
"""Where these fields may stand in an outline."""

_REPLY = {"findings": Field("findings", Want.NODES, _NOBODY, "What is to be seen to, the weightiest first.")}
_OBJECTION = {
    field.name: field
    for field in (
        Field("quote", Want.TEXT, _NOBODY, "The words of the text that it is about."),
        Field("rule", Want.TEXT, _NOBODY, "What kind of thing it is, in one word."),
        Field("why", Want.TEXT, _NOBODY, "What is wrong with them."),
        Field("suggestion", Want.TEXT, _NOBODY, "What could stand in their place."),
    )
}


def objections_in(reply: str) -> tuple[Objection, ...] | None:
    """Return what a model's *reply* objects to, in its order; None where the reply is no review.

    What has no quote or no reason, and what no review has, is passed over.

    >>> [each.rule for each in objections_in("findings: [{quote: it was wet, rule: Tense, why: It is.}]")]
    ['model/tense']
    >>> objections_in("findings: []"), objections_in("Nothing to object to!")
    ((), None)
    """
    text = yaml_in(reply, _REPLY)
    scrap, found = read_yaml(Fragment(Sheet("", text), text))
    if not isinstance(scrap, Pairs) or all(key.text not in _REPLY for key, _ in scrap.pairs):
        return None
    reader = reader_of(Shelf(Path(), Path(), Path()), found)
    card = reader.among(scrap, _REPLY, "a review")
    return tuple(_objections(reader, card.get("findings")))


def _objections(reader: Reader, scrap: Scrap | None) -> Iterator[Objection]:
    items = scrap.items if isinstance(scrap, Items) else (scrap,) if scrap else ()
    for item in items:
        if isinstance(item, Pairs):
            card = reader.among(item, _OBJECTION, "a finding")
            quote, why = (card.get(name, "").strip() for name in ("quote", "why"))
            if quote and why:
                rule = f"model/{slug(card.get('rule', '')) or 'reading'}"
                yield Objection(
                    rule,
                    " ".join(why.split()),
                    quote=quote,
                    suggestion=card.get("suggestion", "").strip(),
                )
