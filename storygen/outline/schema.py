"""The table of fields as JSON Schema, so that editors complete and explain an outline."""

from __future__ import annotations

from typing import Any, TypeAlias

from storygen.outline.fields import FIELDS, LEVELS, Field, Want, Where

Schema: TypeAlias = dict[str, Any]

_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_TEXTS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_ID: Schema = {"type": ["string", "number"], "pattern": r"^\w[\w-]*$"}
_NODES: Schema = {"type": "array", "items": {"anyOf": [_TEXT, {"$ref": "#/definitions/node"}]}}

_SHAPES: dict[Want, Schema] = {
    Want.TEXT: _TEXT,
    Want.LANG: _TEXT,
    Want.TITLE: _TEXT,
    Want.NAME: _TEXT,
    Want.NAMES: _TEXTS,
    Want.LINES: _TEXTS,
    Want.ID: _ID,
    Want.IDS: {"anyOf": [_ID, {"type": "array", "items": _ID}]},
    Want.FILE: {"type": "string"},
    Want.FILES: _TEXTS,
    Want.PICTURE: {"type": "string"},
    Want.WORDS: {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[0-9]"}]},
    Want.COUNT: {"type": "integer"},
    Want.NUMBER: {"type": "number"},
    Want.SWITCH: {"type": "boolean"},
    Want.CHOICE: {"type": "string"},
    Want.MAP: {"type": "object", "additionalProperties": _TEXT},
    Want.STYLE: {"$ref": "#/definitions/style"},
    Want.SOURCES: {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"$ref": "#/definitions/source"}]}},
        ]
    },
    Want.CODEX: {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"$ref": "#/definitions/entry"}]}},
        ]
    },
    Want.CHANGES: {"type": "array", "items": {"$ref": "#/definitions/change"}},
    Want.NODES: _NODES,
    Want.PRIVATE: {},
}


def schema() -> Schema:
    """Return the JSON Schema (draft 7) of an outline in YAML; every field explains itself."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "storygen outline",
        **_mapping(Where.TOP, required=("title",)),
        "anyOf": [{"required": [level]} for level in LEVELS],
        "definitions": {
            "node": _mapping(Where.NODE, required=("title",)),
            "style": _mapping(Where.STYLE),
            "entry": _mapping(Where.ENTRY, required=("name",)),
            "change": _mapping(Where.CHANGE, required=("from", "about")),
            "source": _mapping(Where.SOURCE),
        },
    }


def _mapping(where: Where, *, required: tuple[str, ...] = ()) -> Schema:
    """Return the shape of a mapping that stands at *where*."""
    here = [field for field in FIELDS if field.where & where]
    properties = {spelling: _property(field) for field in here for spelling in (field.name, *field.also)}
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
    }


def _property(field: Field) -> Schema:
    """Return the shape of one field. Beside a reference nothing else counts, so that goes into `allOf`."""
    shape = _SHAPES[field.want]
    limits: Schema = {"enum": list(field.choices)} if field.choices else {}
    if field.want in {Want.COUNT, Want.NUMBER}:
        limits = {"minimum": field.low, "maximum": field.high}
    return {"description": field.about, **({"allOf": [shape]} if "$ref" in shape else shape), **limits}
