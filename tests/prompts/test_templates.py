from __future__ import annotations

import json
import os
import re
import zipfile
from pathlib import Path

import pytest

from storygen.errors import TemplateError
from storygen.outline.tree import Kind
from storygen.prompts.messages import continue_messages, parts, section_messages
from storygen.prompts.shelf import read_shipped
from storygen.prompts.steps import STEPS
from storygen.prompts.templates import Templates
from storygen.prompts.variables import BOOK, SECTION, variables_of
from storygen.text.tokens import count_tokens
from tests.prompts.books import CODEX, book, context, long_book, section

USER = "fiction/section/user.md.j2"
BASE = '{% extends "storygen/fiction/section/user.md.j2" %}\n'
README = Path(__file__).parents[2] / "templates" / "README.md"


def own(folder: Path, text: str, name: str = USER) -> Templates:
    """Read templates with one of the author's own."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Templates.read(folder)


def rendered(templates: Templates, position: int = 2) -> str:
    outline = long_book(3)
    return section_messages(outline, outline.sections[position - 1], context(outline, position), templates)[
        -1
    ].text


def said(folder: Path, text: str, name: str = USER) -> str:
    """Return the sentence that a template fails with, without its folder."""
    with pytest.raises(TemplateError) as failure:
        rendered(own(folder, text, name))
    return f"{failure.value.message} {failure.value.help}".replace(f"{folder}{os.sep}", "").strip()


def test_a_block_is_overridden_and_the_rest_kept(tmp_path: Path) -> None:
    text = rendered(
        own(tmp_path, BASE + "{% block closing %}{{ super() }}\nNever open with the weather.{% endblock %}")
    )
    assert (True, True) == ("<card>" in text, text.endswith("has landed.\n\nNever open with the weather."))


def test_parts_show_an_overridden_block(tmp_path: Path) -> None:
    templates = own(tmp_path, BASE + "{% block closing %}{{ super() }} Now.{% endblock %}")
    outline = long_book(2)
    found = parts(outline, outline.sections[0], context(outline, 1), templates, count=count_tokens)
    assert ("closing", True) == (found[-1].name, found[-1].text.endswith("Now."))


def test_parts_show_what_stands_in_no_block(tmp_path: Path) -> None:
    templates = own(tmp_path, "Write {{ section.title }}.")
    outline = long_book(2)
    found = parts(outline, outline.sections[0], context(outline, 1), templates, count=count_tokens)
    assert ("elsewhere", "Write Title 1.") == (found[-1].name, found[-1].text)


def test_an_own_template_replaces_the_shipped_one_also_where_others_use_it(tmp_path: Path) -> None:
    own(tmp_path, "Mine. {{ section.title }}")
    templates = own(tmp_path, f'{{% include "{USER}" %}}', "fiction/continue/user.md.j2")
    outline = long_book(1)
    asked = continue_messages(
        outline, outline.sections[0], context(outline, 1), templates, kept="a", anchor="a", prefill=False
    )
    assert "Mine. Title 1" == asked[-1].text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a\n{{ section.title ", f"{USER}:2: unexpected end of template"),
        ("{% if tail %}", f"{USER}:1: unexpected end of template"),
        ("{% do x %}", f"{USER}:1: encountered unknown tag 'do'"),
        ("a\n{{ secton }}", f"{USER}:2: there is no variable “secton”; did you mean “section”?"),
        ("{% if 0 %}{{ nope.foo }}{% endif %}x", f"{USER}:1: there is no variable “nope”"),
        ("\n\n{{ section.titel }}", f"{USER}:3: there is no field “titel” here; did you mean “title”?"),
        ("{{ tail | uper }}", f"{USER}:1: there is no filter “uper”; did you mean “upper”?"),
        ("{{ tail is evn }}", f"{USER}:1: there is no test “evn”; did you mean “even”?"),
        ("{{ ''.__class__.__mro__ }}", f"{USER}:1: this is not allowed in templates"),
        ("{{ lipsum() }}", f"{USER}:1: there is no variable “lipsum”"),
        ("{{ cycler }}", f"{USER}:1: there is no variable “cycler”"),
        ("{{ self.__init__.__globals__ }}", f"{USER}:1: this is not allowed in templates"),
        ("{{ tail | attr('format') }}", f"{USER}:1: there is no filter “attr”"),
        ("{% set f = '{:99999999}'.format %}{{ f(1) }}", f"{USER}:1: this is not allowed in templates"),
        ("{% for n in range(100001) %}x{% endfor %}", f"{USER}:1: it takes more than 100,000 turns"),
        ("{% for n in range(9999999999) %}x{% endfor %}", f"{USER}:1: it takes more than 100,000 turns"),
        (
            "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}x",
            f"{USER}:1: it takes more than 100,000 turns",
        ),
        ("{% for n in plan %}" * 12 + "{% endfor %}" * 12, f"{USER}:1: it takes more than 100,000 turns"),
        (
            "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(99) }}",
            f"{USER}:1: it takes more than 100,000 turns",
        ),
        (
            "{% for a in plan recursive %}{{ loop(plan) }}{% endfor %}",
            f"{USER}:1: recursive loops are not allowed",
        ),
        ("{{ 'a' * 2000000000 }}", f"{USER}:1: `*` may make 1,000 characters"),
        ("{{ [1] * 2000000000 }}", f"{USER}:1: `*` may make 1,000 characters"),
        ("{{ '%2000000000d' % 1 }}", f"{USER}:1: `%` is not allowed in templates"),
        ("{{ 'a'.center(2000000000) }}", f"{USER}:1: this is not allowed in templates"),
        ("{{ tail | indent(2000000000) }}", f"{USER}:1: `indent` takes nothing over 1,000"),
        ("{{ 10 ** 10000000 }}", f"{USER}:1: `**` is not allowed in templates"),
        (
            "{% macro f(x) %}{{ f(x ~ x) }}{% endmacro %}{{ f('aaaaaaaa') }}",
            f"{USER}:1: `~` may make 1,000,000",
        ),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", f"{USER}:1: it calls itself without end"),
        ("{% for a in recap %}" * 25 + "{% endfor %}" * 25, f"{USER}: it is nested too deeply"),
        ("{% if tail %}" * 200 + "x" + "{% endif %}" * 200, f"{USER}: it is nested too deeply"),
        ("{{ " + "+".join("1" * 4000) + " }}", f"{USER}: it is nested too deeply"),
        ("{% include '../../etc/passwd' %}", f"{USER}:1: there is no template “../../etc/passwd”"),
        ("{% include '/etc/passwd' %}", f"{USER}:1: there is no template “/etc/passwd”"),
        ("{% include '.env' %}", f"{USER}:1: there is no template “.env”"),
        ("{% include 'fiction/section/usr.md.j2' %}", "did you mean “fiction/section/user.md.j2”?"),
        ("{% include tail %}", f"{USER}:1: a template is named by a quoted text here"),
        (
            "{% extends 'fiction/section/user.md.j2' %}",
            "write “storygen/fiction/section/user.md.j2” for the shipped one",
        ),
        ("{% include 'fiction/section/user.md.j2' %}", f"{USER}:1: “{USER}” leads back to this template"),
        (BASE + "{% block clsing %}{% endblock %}", "has no block “clsing”; did you mean “closing”?"),
        (BASE + "\nNever.", f"{USER}:3: text outside of blocks is lost"),
        (BASE + "{% if tail %}\nNever.{% endif %}", "text outside of blocks is lost"),
        ("{{ section.words.aim // 0 }}", f"{USER}:1: integer division or modulo by zero"),
        ("{{ tail + 1 }}", f"{USER}:1: can only concatenate str"),
        ("{{ recap.append(1) }}", f"{USER}:1: this is not allowed in templates"),
        ("{{ section.update({}) }}", f"{USER}:1: there is no field “update”"),
        (" \n", f"{USER}: it comes out empty"),
        ("{{ '\\x00' }}", f"{USER}: it comes out with a character that cannot be sent"),
        ("{{ '\\ud800' }}", f"{USER}: it comes out with a character that cannot be sent"),
        (
            "{% for a in range(9999) %}{{ tail }}{% endfor %}",
            f"{USER}: it makes more than 4,000,000 characters",
        ),
    ],
)
def test_a_broken_template_ends_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in said(tmp_path, text)


def test_the_system_message_has_no_section(tmp_path: Path) -> None:
    sentence = said(tmp_path, "{{ section.title }}", "fiction/section/system.md.j2")
    assert "belongs into user.md.j2" in sentence


def test_a_fault_in_what_is_extended_is_found_where_it_is(tmp_path: Path) -> None:
    own(tmp_path, "{% block a %}{{ titel }}{% endblock %}", "fiction/continue/user.md.j2")
    text = '{% extends "fiction/continue/user.md.j2" %}{% block a %}x{% endblock %}'
    assert "fiction/continue/user.md.j2:1: there is no variable “titel”" in said(tmp_path, text)


def test_names_that_a_template_makes_are_known(tmp_path: Path) -> None:
    macro = "{% macro m(b) %}{{ b }}{% endmacro %}"
    text = "{% set a = 1 %}" + macro + "{% for c in recap %}{{ m(loop.index) }}{% endfor %}{{ a }}"
    assert rendered(own(tmp_path, text)).endswith("11")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key")
    folder = tmp_path / "templates"
    (folder / "fiction" / "section").mkdir(parents=True)
    (folder / USER).symlink_to(secret)
    with pytest.raises(TemplateError, match="leads out of"):
        Templates.read(folder)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [(b"\xff\xfe", "not UTF-8"), (b"x" * 300_000, "larger than")],
)
def test_what_is_no_reasonable_text_is_refused(tmp_path: Path, raw: bytes, sentence: str) -> None:
    (tmp_path / USER).parent.mkdir(parents=True)
    (tmp_path / USER).write_bytes(raw)
    with pytest.raises(TemplateError, match=sentence):
        Templates.read(tmp_path)


def test_a_folder_with_the_name_of_a_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / USER).mkdir(parents=True)
    with pytest.raises(TemplateError, match=r"not a regular file|cannot be read"):
        Templates.read(tmp_path)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / USER).parent.mkdir(parents=True)
    (tmp_path / USER).write_bytes(b"\xef\xbb\xbfWrite {{ section.title }}.\r\nNow.")
    assert "Write Title 2.\nNow." == rendered(Templates.read(tmp_path))


def test_other_files_are_ignored(tmp_path: Path) -> None:
    for name in (
        "fiction/section/.user.md.j2",
        "fiction/.hidden/user.md.j2",
        "user.md.j2",
        "notes.md",
        "fiction/section/user.txt",
    ):
        own(tmp_path, "{{ broken", name)
    assert Templates.read().list() == Templates.read(tmp_path).list()


def test_a_missing_folder_means_no_own_templates(tmp_path: Path) -> None:
    assert Templates.read().list() == Templates.read(tmp_path / "nowhere").list()


def test_a_template_is_read_once(tmp_path: Path) -> None:
    templates = own(tmp_path, "Write {{ section.title }}.")
    (tmp_path / USER).write_text("Changed.")
    assert "Write Title 2." == rendered(templates)


def test_the_files_of_a_step_are_named_with_their_text(tmp_path: Path) -> None:
    templates = own(tmp_path, BASE)
    assert [
        ("fiction/section/user.md.j2", True),
        ("storygen/fiction/section/system.md.j2", False),
        ("storygen/fiction/section/user.md.j2", False),
    ] == [(file.name, file.own) for file in templates.names(Kind.FICTION, "section")]


def test_the_shipped_templates_have_no_findings() -> None:
    assert () == Templates.read().check()


def test_a_template_that_nothing_uses_is_found(tmp_path: Path) -> None:
    templates = own(tmp_path, "x", "fiction/sektion/user.md.j2")
    assert ["nothing uses this template; did you mean “fiction/section/user.md.j2”?"] == [
        finding.message for finding in templates.check()
    ]


def test_a_finding_shows_its_line(tmp_path: Path) -> None:
    finding = own(tmp_path, "a\n{{ tail | uper }}").check()[0]
    assert (2, 11, 4, "{{ tail | uper }}") == (finding.line, finding.column, finding.width, finding.source)


def test_unknown_variables_are_found_without_rendering(tmp_path: Path) -> None:
    assert ["there is no variable “tial”; did you mean “tail”?"] == [
        finding.message for finding in own(tmp_path, "{{ tial }}").check()
    ]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as failure:
        rendered(own(tmp_path, "{{ secton }}\n{{ tial }}"))
    assert [f"{tmp_path / USER}:2: there is no variable “tial”; did you mean “tail”?"] == [
        *failure.value.notes
    ]


def test_shipped_templates_can_be_read_from_a_zip(tmp_path: Path) -> None:
    folder = README.parent
    with zipfile.ZipFile(tmp_path / "wheel.zip", "w") as archive:
        for file in folder.rglob("*.*"):
            archive.write(file, file.relative_to(folder.parent))
    with zipfile.ZipFile(tmp_path / "wheel.zip") as archive:
        assert read_shipped(folder) == read_shipped(zipfile.Path(archive, "templates/"))


def test_the_source_of_a_template_can_be_read(tmp_path: Path) -> None:
    templates = own(tmp_path, "Mine.")
    assert ("Mine.", True) == (templates.source(USER), "<card>" in templates.source("storygen/" + USER))


def test_a_template_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(TemplateError, match="there is no template “fiction/section/x”"):
        Templates.read().source("fiction/section/x")


def test_templates_are_given_plain_values_only() -> None:
    outline = long_book(3)
    given = variables_of(outline, outline.sections[2], context(outline, 3))
    assert given == json.loads(json.dumps(given))


def test_variables_are_those_that_are_declared() -> None:
    outline = long_book(3)
    assert {*BOOK, *SECTION} == variables_of(outline, outline.sections[2], context(outline, 3)).keys()


def fields(name: str, value: object) -> dict[str, str]:
    """Say of a variable, and of everything in it, what it is."""
    if isinstance(value, dict):
        inside = {} if name == "section.story" else value
        found = {} if inside else {name: "table"}
        return found | {
            k: v for key, each in inside.items() for k, v in fields(f"{name}.{key}", each).items()
        }
    if isinstance(value, list):
        tables = [each for each in value if isinstance(each, dict)]
        kind = "tables" if tables or name == "always[].changes" else "text"
        return {name: f"list of {kind}"} | {
            k: v for each in tables for key in each for k, v in fields(f"{name}[].{key}", each[key]).items()
        }
    return {name: "text" if isinstance(value, str) else "number"}


def test_the_readme_tells_every_variable_and_its_type() -> None:
    outline = book(section(1), section(2), section(3, pov="Anna"), codex=CODEX)
    given = variables_of(outline, outline.sections[2], context(outline, 3))
    given |= {"sources": [{"tag": "source", "name": "a", "text": "b"}]}
    given |= {name: value for step in STEPS.values() for name, value in step.own.items()}
    told = dict(
        re.findall(r"^\| `([a-z_.\[\]]+)` \| ([a-z ]+) \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert {k: v for name, value in given.items() for k, v in fields(name, value).items()} == told


@pytest.mark.parametrize("name", STEPS)
def test_a_step_has_templates_for_every_kind(name: str) -> None:
    assert [True] * len(Kind) == [bool(Templates.read().shipped(kind, name)) for kind in Kind]


@pytest.mark.parametrize("name", [file.plain.removesuffix(".md.j2") for file in Templates.read().list()])
def test_the_readme_names_the_blocks(name: str) -> None:
    found = re.findall(r"\{% block (\w+) %\}", Templates.read().source(f"storygen/{name}.md.j2"))
    blocks = ", ".join(f"`{block}`" for block in found)
    rows = re.findall(r"^\| (`.+?`) \| (`.+`) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert [blocks] == [told for names, told in rows if f"`{name}`" in names.split(", ")]
