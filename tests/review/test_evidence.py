from __future__ import annotations

from pathlib import Path

import pytest

from storygen.outline.tree import Change, Entry, Kind, SourceRef
from storygen.review.evidence import Evidence, Witness, unsupported, words_of
from tests.review.pages import outline, page, section


def found(text: str, *sources: str, unseen: tuple[str, ...] = ()) -> list[str]:
    """Return what is said of the names of *text* that no source has."""
    evidence = Evidence(tuple(map(Witness.of, sources)), unseen)
    return [finding.message for finding in unsupported(page(text), evidence)]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Run `ferry up --now`.", "ferry \\\n  up --now"),
        ("Run `ferry up --now`.", 'add_parser("up").add_argument("--now"); prog = "ferry"'),
        ("Run `ferry up`.", "  ferry   up"),
        ("Since v2.0 it runs.", "Changes in 2.0: it runs."),
        ("Python 3.12 will do.", 'requires-python = ">=3.12"'),
        ("See `storygen.toml`.", "see ./storygen.toml"),
    ],
)
def test_what_a_source_has_is_borne_out(text: str, source: str) -> None:
    assert [] == found(text, source)


@pytest.mark.parametrize(
    ("text", "source", "name"),
    [
        ("Pass `--dry`.", "--dry-run", "--dry"),
        ("Run `ferry`.", "ferryman", "ferry"),
        ("Python 3.1 or later.", "Python 3.12", "3.1"),
        ("Python 3.12 or later.", "Python 3.12.4", "3.12"),
        ("Run `ferry Up`.", "ferry up", "Up"),
    ],
)
def test_part_of_a_longer_name_bears_nothing_out(text: str, source: str, name: str) -> None:
    assert [f"`{name}` is in no source, codex entry or card"] == found(text, source)


def test_a_name_is_reported_once_where_it_stands_first() -> None:
    evidence = Evidence((Witness.of("ferry"),))
    (finding,) = unsupported(page("Run `ferry`.\n\nRun `ferry --now`; --now is fast.", line=6), evidence)

    assert ("review/unsupported", 8, 6, "ferry --now") == (
        finding.rule,
        finding.line,
        finding.column,
        finding.quote,
    )


def test_what_a_mark_names_is_known_already() -> None:
    marks = "<!-- TODO: verify \\-\\-now -->\n\nAnd <!-- TODO: verify that up is there --> so on."
    assert [] == found(f"Run `up --now`.\n\n{marks}", "")


def test_sources_that_nobody_looked_at_are_named() -> None:
    (message,) = found("Pass `--now`.", unseen=("the output of `ferry --help` (--allow-commands)",))
    assert message.endswith("; not looked at: the output of `ferry --help` (--allow-commands)")


@pytest.mark.parametrize(
    "field",
    [
        {"must": ("ferry up",)},
        {"beats": ("Run ferry up",)},
        {"summary": "It is all about ferry up."},
        {"facts": ("ferry up starts it.",)},
        {"story": {"command": "ferry up"}},
        {"sources": (SourceRef(run="ferry up"),)},
    ],
)
def test_whatever_a_card_says_bears_out(field: dict[str, object]) -> None:
    assert [] == found("Run `ferry up`.", words_of(outline(section(**field), kind=Kind.DOCS)))


def test_the_codex_bears_out() -> None:
    entry = Entry(
        "manifest", aliases=("ferry.yaml",), about="Read by `ferry up`.", changes=(Change("x", "--now"),)
    )
    told = words_of(outline(section(), kind=Kind.DOCS, codex=(entry,)))

    assert [] == found("The `manifest` is `ferry.yaml`; run `ferry up --now`.", told)


def test_a_source_is_known_by_its_name() -> None:
    told = words_of(outline(section(sources=(SourceRef(str(Path("src/ferry/cli.py"))),)), kind=Kind.DOCS))
    assert [] == found("See `src/ferry/cli.py`.", told)
