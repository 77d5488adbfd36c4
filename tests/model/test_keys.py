from __future__ import annotations

import copy
import pickle

import pytest

from storygen.errors import SettingsError
from storygen.model.keys import Key, Source, refused, sources, without_keys

SECRET = "sk-ant-api03-sentinel"


@pytest.mark.parametrize(
    "shown", [repr, str, "{}".format, "{:>99}".format, "%s".__mod__, lambda key: f"{key!r}"]
)
def test_no_way_of_printing_shows_a_key(shown: object) -> None:
    assert callable(shown)
    assert "sentinel" not in shown(Key(SECRET))


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_key_is_not_copied_anywhere(copied: object) -> None:
    assert callable(copied)
    with pytest.raises(TypeError, match="not written"):
        copied(Key(SECRET))


def test_two_keys_are_never_equal() -> None:
    assert Key(SECRET) != Key(SECRET)


def test_white_space_around_a_key_is_not_part_of_it() -> None:
    assert SECRET == Key(f"  {SECRET}\r\n").secret


@pytest.mark.parametrize(
    "secret", ["", "  ", "two words", "line\nbreak", "ümlaut", "tab\there", "\x00", "x" * 5_000]
)
def test_what_no_header_can_carry_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Key(secret)
    assert not secret.strip() or secret.strip() not in str(caught.value)


def test_a_key_is_hidden_in_what_a_server_says() -> None:
    assert "no such key: [key]!" == Key("gateway-key-0123").hide("no such key: gateway-key-0123!")


def test_a_key_as_short_as_a_word_hides_no_words() -> None:
    assert "any key will do" == Key("any").hide("any key will do")


@pytest.mark.parametrize(
    "text", [f"x-api-key: {SECRET}", f"Authorization: Bearer {SECRET}", "bearer eyJsentinel"]
)
def test_whatever_looks_like_a_key_is_hidden(text: str) -> None:
    assert "sentinel" not in without_keys(text)


HOME, HOMES = "https://api.anthropic.com", (Source.API_KEY, Source.AUTH_TOKEN)
GATEWAY, STRANGERS = "https://gateway.example", (Source.STORYGEN_KEY,)


@pytest.mark.parametrize(
    ("base_url", "anthropic_base_url", "variables"),
    [
        (HOME, None, HOMES),
        (f"{HOME}/v1", None, HOMES),
        (HOME, GATEWAY, HOMES),
        (GATEWAY, None, STRANGERS),
        (f"{GATEWAY}/a", f"{GATEWAY}/b", HOMES),
        ("http://gateway.example", GATEWAY, STRANGERS),
        (f"{GATEWAY}:8443", GATEWAY, STRANGERS),
        (f"{HOME}.evil.example", None, STRANGERS),
        (GATEWAY, "https://other.example", STRANGERS),
    ],
)
def test_a_variables_key_goes_only_where_it_belongs(
    base_url: str, anthropic_base_url: str | None, variables: tuple[Source, ...]
) -> None:
    found = sources(base_url, anthropic_base_url=anthropic_base_url)

    assert set(variables) == set(found) - {Source.COMMAND, Source.STORED}


@pytest.mark.parametrize(
    ("base_url", "command_url", "expected"),
    [
        (HOME, None, True),
        (GATEWAY, None, False),
        (GATEWAY, GATEWAY, True),
        (HOME, GATEWAY, False),
        ("https://other.example", GATEWAY, False),
    ],
)
def test_a_key_command_belongs_to_the_endpoint_beside_it(
    base_url: str, command_url: str | None, *, expected: bool
) -> None:
    assert expected is (Source.COMMAND in sources(base_url, command_url=command_url))


def test_the_environment_comes_before_the_command_and_that_before_the_store() -> None:
    assert (*HOMES, Source.COMMAND, Source.STORED) == sources(HOME)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (Source.API_KEY, ("x-api-key", SECRET)),
        (Source.AUTH_TOKEN, ("authorization", f"Bearer {SECRET}")),
        (Source.STORYGEN_KEY, ("x-api-key", SECRET)),
        (Source.COMMAND, ("x-api-key", SECRET)),
        (Source.STORED, ("x-api-key", SECRET)),
    ],
)
def test_a_key_has_one_header(source: Source, expected: tuple[str, str]) -> None:
    assert expected == Key(SECRET, source).header


@pytest.mark.parametrize("source", Source)
def test_where_a_key_came_from_is_said_without_the_key(source: Source) -> None:
    said = " ".join([Key(SECRET, source).whence, *refused(Key(SECRET, source))])

    assert (True, True, False) == (source in said, "…inel" in said, "sentinel" in said)


def test_nothing_of_a_short_key_is_shown() -> None:
    assert "STORYGEN_API_KEY" == Key("any", Source.STORYGEN_KEY).whence


def test_who_sent_no_key_is_told_so() -> None:
    assert "no key was sent" == refused(None)[0]
