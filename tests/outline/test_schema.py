from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from storygen.outline.fields import FIELDS, Where
from storygen.outline.schema import schema

FERRY = """\
title: Getting Started with Ferry
author: Platform team
lang: en
kind: docs
style: {person: second, guide: style/house-style.md, avoid: [simply, just]}
sources:
  - README.md
  - run: ferry --help
codex:
  - codex/*.md
  - name: manifest
    kind: term
    aliases: [transfer manifest]
    changes: [{from: install, about: There are two.}]
pages:
  - title: Install Ferry
    type: how-to
    words: 600-800
    must: ["pip install ferry"]
    sections: [Before you start, {title: 1984, after: [before-you-start], beats: [pip]}]
  - {title: Command reference, file: reference/cli.md, numbered: false, max_tokens: 4000, temperature: 0.5}
"""

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def fits(value: Any, shape: dict[str, Any]) -> bool:
    """Say whether *value* has the *shape*; knows as much JSON Schema as the outline's needs."""
    if "$ref" in shape:
        return fits(value, schema()["definitions"][shape["$ref"].rpartition("/")[2]])
    types = shape.get("type", list(_TYPES))
    types = [types] if isinstance(types, str) else types
    checks = [
        isinstance(value, tuple(kind for name in types for kind in _TYPES[name])),
        all(fits(value, other) for other in shape.get("allOf", [])),
        "anyOf" not in shape or any(fits(value, other) for other in shape["anyOf"]),
        value in shape.get("enum", [value]),
        not isinstance(value, str) or re.search(shape.get("pattern", ""), value) is not None,
    ]
    if isinstance(value, list):
        checks += [fits(item, shape.get("items", {})) for item in value]
    if isinstance(value, dict):
        known, rest = shape.get("properties", {}), shape.get("additionalProperties", True)
        checks += [set(shape.get("required", [])) <= value.keys()]
        checks += [
            fits(each, known.get(name, rest if isinstance(rest, dict) else {}))
            for name, each in value.items()
        ]
        checks += [rest is not False or value.keys() <= known.keys()]
    return all(checks)


def test_an_outline_fits_the_schema() -> None:
    assert fits(yaml.safe_load(FERRY), schema())


@pytest.mark.parametrize(
    "wrong",
    [
        "title: T",
        "sections: [A]",
        "{title: T, sections: [A], wrods: 1}",
        "{title: T, sections: [{title: A, effort: huge}]}",
        "{title: T, sections: {title: A}}",
    ],
)
def test_what_is_no_outline_does_not_fit(wrong: str) -> None:
    assert not fits(yaml.safe_load(wrong), schema())


def test_every_field_is_in_the_schema_and_explains_itself() -> None:
    shapes = schema()
    places = {
        Where.TOP: shapes,
        Where.HEADING: shapes["definitions"]["node"],
        Where.LEAF: shapes["definitions"]["node"],
        Where.ENTRY: shapes["definitions"]["entry"],
        Where.STYLE: shapes["definitions"]["style"],
        Where.CHANGE: shapes["definitions"]["change"],
        Where.SOURCE: shapes["definitions"]["source"],
    }
    told = {
        (field.name, place): shape["properties"][field.name]["description"]
        for field in FIELDS
        for place, shape in places.items()
        if field.where & place
    }

    assert {(f.name, p): f.about for f in FIELDS for p in places if f.where & p} == told
