"""The ways in which a template can be wrong, each with a number; every one ends in a sentence."""

from __future__ import annotations

import os
from importlib.metadata import requires
from pathlib import Path

import pytest

from storygen.errors import TemplateError
from tests.prompts.own import BASE, ENDLESS, USER, own, rendered

SYSTEM = "fiction/section/system.md.j2"
NESTED = "it is nested too deeply"
NOT_ALLOWED = ":1: this is not allowed in templates"
TURNS = ":1: it takes more than 100,000 turns"
GROWN = "{% set a = 'a' | replace('a', 'b' * 999) %}{% set b = a | replace('b', 'c' * 999) %}"
CASES: dict[str, list[tuple[str | bytes, str]]] = {
    "T-1 a syntax error": [
        ("a\n{{ section.title ", ":2: unexpected end of template"),
        ("{% if tail %}", ":1: unexpected end of template"),
        ("{% if tail %}{% endfor %}", ":1: encountered unknown tag 'endfor'"),
    ],
    "T-2 an unknown variable or field": [
        ("a\n{{ secton }}", ":2: there is no variable “secton”; did you mean “section”?"),
        ("\n\n{{ section.titel }}", ":3: there is no field “titel” here; did you mean “title”?"),
        (
            "{% for e in codex %}{{ e.nam }}{% endfor %}",
            ":1: there is no field “nam” here; did you",
        ),
    ],
    "T-3 an unknown name in a branch that is not taken": [
        ("{% if 0 %}{{ nope.foo.bar }}{% endif %}x", ":1: there is no variable “nope”"),
        (
            "{% if 0 %}{{ section.words.lwo }}{% endif %}x",
            ":1: there is no field “lwo” here; did you",
        ),
    ],
    "T-4 a walk into Python": [
        ("{{ ''.__class__.__mro__ }}", NOT_ALLOWED),
        ("{{ self.__init__.__globals__ }}", NOT_ALLOWED),
        ("{{ lipsum.__globals__ }}", ":1: there is no variable “lipsum”"),
        ("{{ cycler }}", ":1: there is no variable “cycler”"),
    ],
    "T-5 a stored format": [
        ("{{ tail | attr('format') }}", ":1: there is no filter “attr”"),
        ("{% set f = '{:99999999}'.format %}{{ f(1) }}", NOT_ALLOWED),
    ],
    "T-6 a long range": [("{% for n in range(100001) %}x{% endfor %}", TURNS)],
    "T-7 loops in loops": [
        ("{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}x", TURNS),
        ("{% for n in plan %}" * 12 + "{% endfor %}" * 12, TURNS),
        ("{% for a in plan recursive %}{{ loop(plan) }}{% endfor %}", ":1: recursive loops are not allowed"),
        (ENDLESS, ": it takes too long, and was stopped"),
    ],
    "T-8 gigabytes out of nothing": [
        ("{{ 'a' * 2000000000 }}", ":1: `*` may make 1,000 characters"),
        ("{{ [1] * 2000000000 }}", ":1: `*` may make 1,000 characters"),
        ("{{ '%2000000000d' % 1 }}", ":1: `%` is not allowed in templates"),
        ("{{ 'a'.center(2000000000) }}", NOT_ALLOWED),
        ("{{ tail | indent(2000000000) }}", ":1: `indent` takes nothing over 1,000"),
        (GROWN + "{{ b | replace('c', 'd' * 999) | length }}", ":1: it needs more memory than there is"),
    ],
    "T-9 a huge power": [("{{ 10 ** 10000000 }}", ":1: `**` is not allowed in templates")],
    "T-10 placeholder text": [("{{ lipsum(n=20000000) }}", ":1: there is no variable “lipsum”")],
    "T-11 a text that doubles": [
        ("{% macro f(x) %}{{ f(x ~ x) }}{% endmacro %}{{ f('aaaaaaaa') }}", ":1: `~` may make 1,000,000"),
    ],
    "T-12 an endless call or include": [
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", ":1: it calls itself without end"),
        ("{% include 'fiction/section/user.md.j2' %}", f":1: “{USER}” leads back to this template"),
        ("{% extends 'fiction/section/user.md.j2' %}", f"write “storygen/{USER}” for the shipped one"),
        ("{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(99) }}", TURNS),
    ],
    "T-13 nesting": [
        ("{% for a in recap %}" * 25 + "{% endfor %}" * 25, NESTED),
        ("{% if tail %}" * 200 + "x" + "{% endif %}" * 200, NESTED),
        ("{{ " + "+".join("1" * 4000) + " }}", NESTED),
    ],
    "T-14 a path out of the folder": [
        ("{% include '../../etc/passwd' %}", ":1: there is no template “../../etc/passwd”"),
        ("{% include '/etc/passwd' %}", ":1: there is no template “/etc/passwd”"),
    ],
    "T-16 a file beside the templates": [
        ("{% include '.env' %}", ":1: there is no template “.env”"),
        ("{% include '../.storygen/journal.db' %}", ":1: there is no template “../.storygen/journal.db”"),
        ("{% include 'fiction/section/usr.md.j2' %}", "did you mean “fiction/section/user.md.j2”?"),
        ("{% include tail %}", ":1: a template is named by a quoted text here"),
    ],
    "T-17 nothing, or too much": [
        (" \n", ": it comes out empty"),
        ("{% for a in range(9999) %}{{ tail }}{% endfor %}", ": it makes more than 4,000,000 characters"),
    ],
    "T-18 what cannot be sent": [
        ("{{ '\\x00' }}", ": it comes out with a character that cannot be sent"),
        ("{{ '\\ud800' }}", ": it comes out with a character that cannot be sent"),
    ],
    "T-19 a wrong type": [
        ("{{ section.words.aim // 0 }}", ":1: integer division or modulo by zero"),
        ("{{ tail + 1 }}", ":1: can only concatenate str"),
        ("a\n{{ recap | join(1, 2, 3) }}", ":2: "),
    ],
    "T-20 no text": [
        (b"\xff\xfe{", "is not UTF-8 text: byte 1 is wrong"),
        (b"x" * 300_000, "is larger than 200,000 bytes"),
    ],
    "T-23 a change of what is given": [
        ("{{ recap.append(1) }}", NOT_ALLOWED),
        ("{{ section.update({}) }}", ":1: there is no field “update” here"),
    ],
    "T-24 an unknown filter, test or tag": [
        ("{{ tail | uper }}", ":1: there is no filter “uper”; did you mean “upper”? the filters are abs, "),
        ("{{ tail is evn }}", ":1: there is no test “evn”; did you mean “even”? the tests are boolean, "),
        ("{% do x %}", ":1: there is no tag “do” the tags are block, call, "),
        ("{% tst x %}", ":1: there is no tag “tst”; did you mean “set”?"),
    ],
    "a block or a text that would be lost": [
        (
            BASE + "{% block clsing %}{% endblock %}",
            ":2: the extended template has no block “clsing”; did",
        ),
        (BASE + "{% block clsing %}{% endblock %}", "its blocks are codex, sources, voice, "),
        (BASE + "\nNever.", ":3: text outside of blocks is lost"),
        (BASE + "{% if tail %}\nNever.{% endif %}", ":3: text outside of blocks is lost"),
    ],
}
"""T-15, T-21 and T-22 are no texts that fail: a link, a change on the disk, and what a model wrote."""


ROWS = [
    pytest.param(*row, id=f"{name.split(' ')[0]}-{index}")
    for name, rows in CASES.items()
    for index, row in enumerate(rows)
]


def failure(folder: Path, text: str | bytes, name: str = USER) -> TemplateError:
    """Return what a template fails with."""
    with pytest.raises(TemplateError) as caught:
        rendered(own(folder, text, name))
    return caught.value


@pytest.mark.parametrize(("text", "sentence"), ROWS)
def test_a_broken_template_ends_in_a_sentence(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    error = failure(tmp_path, text)
    said = f"{error.message} {error.help}".replace(f"{tmp_path}{os.sep}{USER}", USER)

    assert (2, True, True) == (error.exit_code, said.startswith(USER), sentence in said), said


def test_jinja_is_new_enough_for_its_own_sandbox() -> None:
    wanted = [each for each in requires("storygen") or () if each.startswith("jinja2")]

    assert ["jinja2>=3.1.6"] == wanted


def test_the_system_message_has_no_section(tmp_path: Path) -> None:
    assert "belongs into user.md.j2" in failure(tmp_path, "{{ section.title }}", SYSTEM).help


def test_a_fault_in_what_is_extended_is_found_where_it_is(tmp_path: Path) -> None:
    own(tmp_path, "{% block a %}{{ titel }}{% endblock %}", "fiction/continue/user.md.j2")
    text = '{% extends "fiction/continue/user.md.j2" %}{% block a %}x{% endblock %}'

    assert "fiction/continue/user.md.j2:1: there is no variable “titel”" in failure(tmp_path, text).message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a\n{{ tail | uper }}", (2, 11, 4)),
        ("{{ section.title }} {{ title }}", (1, 24, 5)),
        ("{{ section.title }} {{ section.tit }}", (1, 32, 3)),
        ("{% for e in codex %}\n  {{ e.nam }}{% endfor %}", (2, 8, 3)),
        (BASE + "  Never. ", (2, 3, 6)),
        ("{% if tail %}{% endfor %}", (1, 17, 6)),
    ],
)
def test_a_finding_points_at_the_word(tmp_path: Path, text: str, place: tuple[int, int, int]) -> None:
    first = failure(tmp_path, text).findings[0]

    assert place == (first.line, first.column, first.width)
