from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storygen.review.claims import claims


def named(text: str) -> list[str]:
    """Return the names that *text* claims, in order."""
    return [name for claim in claims(text) for name in claim.parts]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Run `ferry move --to 8 FILE`.", ["ferry", "move", "--to"]),
        ("Set `HTTPS_PROXY`.", ["HTTPS_PROXY"]),
        ("Call `write()`.", ["write"]),
        ('Say `git commit -m "first one"`.', ["git", "commit", "-m"]),
        ("It says ``a `b` c``.", ["a", "b", "c"]),
        ("| `--colour \\| --plain` | paints |\n|---|---|\n", ["--colour", "--plain"]),
        ("Pass --dry-run, then look.", ["--dry-run"]),
        ("Look into /etc/ferry/ferry.conf.", ["/etc/ferry/ferry.conf"]),
        ("Look into ~/docks/north and src/ferry/cli.py.", ["~/docks/north", "src/ferry/cli.py"]),
        ("Change ferry.toml, or ferry.local.toml.", ["ferry.toml", "ferry.local.toml"]),
        ("See docks/north.test.py.", ["docks/north.test.py"]),
        ("Since v2.0, and in 1.4.2 too.", ["v2.0", "1.4.2"]),
        ("Python 3.12 is enough.", ["3.12"]),
        ("With ferry 2.1 or later it works.", ["2.1"]),
        ("```sh\nferry up --now  # at once\n# nothing else\n```", ["ferry", "up", "--now"]),
        ("```console\n$ ferry up\nferry 2.0.1 is up\n```", ["ferry", "up", "2.0.1"]),
        ("```\n$ ferry up\n```", ["ferry", "up"]),
        ("```sh\nexport DOCK=north\nsudo ferry up\ncd\n```", ["DOCK", "north", "ferry", "up"]),
        ("```yaml\npath: docks/north.yaml\nname: any\n```", ["docks/north.yaml"]),
        ("1. Do it:\n\n   ```sh\n   ferry up\n   ```\n", ["ferry", "up"]),
        ("> ```sh\n> ferry up\n> ```\n", ["ferry", "up"]),
        ("Then:\n\n    run ./docks/north.sh\n", ["docks/north.sh"]),
    ],
)
def test_names_are_found_wherever_they_stand(text: str, names: list[str]) -> None:
    assert names == named(text)


@pytest.mark.parametrize(
    "text",
    [
        "It takes 3.5 seconds, about 4.25 % and 1,000 words; see Section 2.1 and Table 3.2.",
        "Either and/or both, TCP/IP, 24/7, his/her.",
        "See [that](other/page.md), https://example.org/a/b.html and <https://example.org/x.py>.",
        "<!-- TODO: verify --fast --> Wait -- then go.",
        "It costs `…` or `—`.",
        '<div class="a/b.py">--raw</div>',
        "",
    ],
)
def test_what_only_looks_like_a_name_is_none(text: str) -> None:
    assert [] == named(text)


def test_a_claim_stands_where_it_says() -> None:
    text = "One.\n\nRun `ferry up` now.\n\n```sh\n$ ferry down --now\n```\n"
    assert ["ferry up", "ferry down --now"] == [text[claim.start : claim.end] for claim in claims(text)]


@given(st.text(alphabet="`ab -./$|\n>~#<!3v", max_size=60))
def test_any_text_is_read_and_claims_stand_in_it_in_order(text: str) -> None:
    found = claims(text)
    assert all(0 <= claim.start <= claim.end <= len(text) and claim.parts for claim in found)
    assert [claim.start for claim in found] == sorted(claim.start for claim in found)
