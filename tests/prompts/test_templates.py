from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from storygen.errors import TemplateError
from storygen.outline.tree import Kind
from storygen.prompts.messages import Written, continue_messages, parts, section_messages
from storygen.prompts.shelving import read_shipped
from storygen.prompts.steps import STEPS
from storygen.prompts.templates import Templates
from storygen.prompts.variables import BOOK, SECTION, variables_of
from storygen.text.tokens import count_tokens
from tests.prompts.books import CODEX, book, context, long_book, section
from tests.prompts.own import BASE, USER, own, rendered

README = Path(__file__).parents[2] / "templates" / "README.md"
GUIDE = README.read_text(encoding="utf-8")


def test_a_block_is_overridden_and_the_rest_kept(tmp_path: Path) -> None:
    text = rendered(
        own(tmp_path, BASE + "{% block closing %}{{ super() }}\nNever open with the weather.{% endblock %}")
    )
    assert (True, True) == ("<card>" in text, text.endswith("has landed.\n\nNever open with the weather."))


def test_a_system_message_is_that_of_its_own_book() -> None:
    templates = Templates.read()
    books = [long_book(3, title=title) for title in ("The Lamp Room", "The Ferry Clock", "The Lamp Room")]
    systems = [
        section_messages(each, each.sections[1], context(each, 2), templates)[0].text for each in books
    ]

    assert (["The Lamp Room", "The Ferry Clock", "The Lamp Room"], systems[0]) == (
        [re.findall(r"The (?:Lamp Room|Ferry Clock)", text)[0] for text in systems],
        systems[2],
    )


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
        outline, outline.sections[0], context(outline, 1), templates, written=Written("a", 1, 999), anchor="a"
    )
    assert "Mine. Title 1" == asked[-1].text


def test_names_that_a_template_makes_are_known(tmp_path: Path) -> None:
    macro = "{% macro m(b) %}{{ b }}{% endmacro %}"
    text = "{% set a = 1 %}" + macro + "{% for c in recap %}{{ m(loop.index) }}{% endfor %}{{ a }}"
    assert rendered(own(tmp_path, text)).endswith("11")


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


def test_templates_that_do_not_even_compile_in_time_are_told_once(tmp_path: Path) -> None:
    grown = f"replace('a', '{'a ' * 490}') | " * 2
    templates = own(tmp_path, f"{{{{ 'a' | {grown} replace('a', 'a a a a') | wordwrap(1) | length }}}}")
    assert ["template/stopped"] == [finding.rule for finding in templates.check()]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as failure:
        rendered(own(tmp_path, "{{ secton }}\n{{ tial }}"))
    assert ([1, 2], [f"{tmp_path / USER}:2: there is no variable “tial”; did you mean “tail”?"]) == (
        [finding.line for finding in failure.value.findings],
        [*failure.value.notes],
    )


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
    told = dict(re.findall(r"^\| `([a-z_.\[\]]+)` \| ([a-z ]+) \|", GUIDE, re.MULTILINE))
    assert {k: v for name, value in given.items() for k, v in fields(name, value).items()} == told


@pytest.mark.parametrize("name", STEPS)
def test_a_step_has_templates_for_every_kind(name: str) -> None:
    assert [True] * len(Kind) == [bool(Templates.read().shipped(kind, name)) for kind in Kind]


@pytest.mark.parametrize("name", [file.plain.removesuffix(".md.j2") for file in Templates.read().list()])
def test_the_readme_names_the_blocks(name: str) -> None:
    found = re.findall(r"\{% block (\w+) %\}", Templates.read().source(f"storygen/{name}.md.j2"))
    blocks = ", ".join(f"`{block}`" for block in found)
    rows = re.findall(r"^\| (`.+?`) \| (`.+`) \|$", GUIDE, re.MULTILINE)
    assert [blocks] == [told for names, told in rows if f"`{name}`" in names.split(", ")]


def test_the_readme_tells_what_every_block_holds() -> None:
    sources = (Templates.read().source(file.name) for file in Templates.read().list())
    blocks = {block for source in sources for block in re.findall(r"\{% block (\w+) %\}", source)}
    told = re.findall(r"^\| `(\w+)` \| [^|`]", GUIDE.partition("## The blocks")[2], re.MULTILINE)
    assert set() == blocks - set(told)


def overrides() -> list[tuple[str, str]]:
    """Return the worked examples of the guide: the file that each is, and its text."""
    return re.findall(r"In\s+`templates/(\S+)`:\n\n```jinja\n(.*?)```", GUIDE, re.DOTALL)


def test_the_readme_works_three_overrides_out() -> None:
    assert 3 == len(overrides()) == GUIDE.count("```jinja")


@pytest.mark.parametrize(("name", "text"), overrides())
def test_a_worked_override_renders_on_every_section(tmp_path: Path, name: str, text: str) -> None:
    kind, step, _ = name.split("/")
    outline = long_book(3, kind=Kind(kind))
    templates = own(tmp_path, text, name)
    told = [variables_of(outline, each, context(outline, each.position)) for each in outline.sections]
    mine, shipped = (
        [each.render(Kind(kind), step, given) for given in told] for each in (templates, Templates.read())
    )
    assert ((), True) == (
        templates.check(),
        all(one != other for one, other in zip(mine, shipped, strict=True)),
    )
