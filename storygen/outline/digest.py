"""A digest in YAML, as a model replies and as its author edits it: read leniently, and spelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from storygen.draft import Digest, Fact, Finding
from storygen.outline import hidden
from storygen.outline.cards import Reader
from storygen.outline.fields import Where, fields_at
from storygen.outline.paths import Shelf
from storygen.outline.replies import yaml_in
from storygen.outline.scraps import Items, Pairs, Scalar, Scrap
from storygen.outline.sheet import Sheet
from storygen.outline.values import reader_of
from storygen.outline.yaml_composer import Fragment
from storygen.outline.yaml_reader import read_yaml
from storygen.outline.yaml_writer import Value, yaml_text


def read_digest(text: str, path: str = "") -> tuple[Digest | None, tuple[Finding, ...]]:
    """Return the digest that *text*, the file *path*, holds, and all findings; None where it holds none.

    >>> read_digest("{happened: Anna crosses., facts: [{about: Anna, fact: She is late.}]}")[0].facts
    (Fact(fact='She is late.', about='Anna', quote=''),)
    """
    sheet = Sheet(path, text)
    scrap, found = read_yaml(Fragment(sheet, text))
    if not isinstance(scrap, Pairs):
        tip = "begin with `happened: …`"
        return None, tuple(found) or (sheet.whole.error("facts/no-digest", "this is no digest", tip=tip),)
    reader = reader_of(Shelf(Path(), Path(), Path()), found)
    card = reader.card(scrap, Where.DIGEST, "a file of facts")
    facts = tuple(_facts(reader, card.get("facts")))
    if not card.get("happened"):
        tip = "say in a few sentences what happened in the section"
        reader.found.append(sheet.whole.error("facts/no-digest", "there is no `happened` in it", tip=tip))
        return None, tuple(reader.found)
    digest = Digest(card.get("happened"), facts, card.get("opened", ()), card.get("paid", ()))
    return digest, tuple(reader.found)


def digest_in(reply: str) -> Digest | None:
    """Return the digest in a model's *reply*, whatever stands around it; None where there is none.

    What no digest has is passed over.
    """
    return read_digest(yaml_in(reply, fields_at(Where.DIGEST)))[0]


def spell_digest(digest: Digest, *, id: str = "") -> str:  # noqa: A002 - the field's name
    """Return *digest* in YAML, of the section called *id*, so that `read_digest` reads the same again."""
    fields = {"id": id, **_spelled(digest)}
    return yaml_text({name: value for name, value in fields.items() if value}, remarks={})


def _facts(reader: Reader, scrap: Scrap | None) -> Iterator[Fact]:
    items = scrap.items if isinstance(scrap, Items) else (scrap,) if scrap else ()
    for item in items:
        match item:
            case Pairs():
                card = reader.card(item, Where.FACT, "a fact")
                fact = Fact(card.get("fact", ""), card.get("about", ""), card.get("quote", ""))
            case Scalar():
                fact = Fact(hidden.cleaned(item)[0].text)
            case Items():
                fact = Fact("")
        if fact.fact:
            yield fact
        else:
            tip = "- {about: Anna Reyes, fact: She is left-handed., quote: …}"
            reader.found.append(item.spot.error("facts/no-fact", "this is no fact", tip=tip))


def _spelled(digest: Digest) -> Mapping[str, Value]:
    facts = [{"about": each.about, "fact": each.fact, "quote": each.quote} for each in digest.facts]
    return {
        "happened": digest.happened,
        "facts": [{name: text for name, text in fact.items() if text} for fact in facts],
        "opened": list(digest.opened),
        "paid": list(digest.paid),
    }
