from __future__ import annotations

import copy
import pickle

import pytest

from storygen.errors import SettingsError
from storygen.model.keys import Key, Keys, key_for, without_keys

SECRET = "sk-ant-api03-sentinel"
API, TOKEN, OWN, STORED = Key("api-key"), Key("auth-token"), Key("storygen-key"), Key("stored-key")


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


@pytest.mark.parametrize(
    ("base_url", "keys", "anthropic_base_url", "expected"),
    [
        ("https://api.anthropic.com", Keys(API, TOKEN, OWN), None, API),
        ("https://api.anthropic.com/v1", Keys(None, TOKEN, OWN), None, TOKEN),
        ("https://api.anthropic.com", Keys(storygen=OWN), None, None),
        ("https://gateway.example", Keys(API, TOKEN, OWN), None, OWN),
        ("https://gateway.example", Keys(API, TOKEN), None, None),
        ("https://gateway.example/a", Keys(API, TOKEN, OWN), "https://gateway.example/b", API),
        ("http://gateway.example", Keys(API, TOKEN), "https://gateway.example", None),
        ("https://gateway.example:8443", Keys(API, TOKEN), "https://gateway.example", None),
        ("https://api.anthropic.com.evil.example", Keys(API, TOKEN), None, None),
        ("https://gateway.example", Keys(API, stored={"https://gateway.example": STORED}), None, STORED),
        (
            "https://gateway.example",
            Keys(storygen=OWN, stored={"https://gateway.example": STORED}),
            None,
            OWN,
        ),
        ("https://other.example", Keys(API, stored={"https://gateway.example": STORED}), None, None),
        ("https://api.anthropic.com", Keys(stored={"https://api.anthropic.com": STORED}), None, STORED),
    ],
)
def test_a_key_goes_only_where_it_belongs(
    base_url: str, keys: Keys, anthropic_base_url: str | None, expected: Key | None
) -> None:
    assert expected is key_for(base_url, keys, anthropic_base_url=anthropic_base_url)
