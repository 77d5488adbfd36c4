from __future__ import annotations

import pytest

from storygen.errors import SettingsError
from storygen.known_settings import TABLE
from storygen.settings import Origin, Settings


def test_a_flag_wins_over_everything() -> None:
    settings = Settings.read(
        {"STORYGEN_MODEL": "from-environment"},
        flags={"model": "from-flag"},
        book='model = "from-book"',
        user='model = "from-user"',
    )

    assert ("from-flag", Origin.FLAG) == (settings.model, settings.origin("model"))


@pytest.mark.parametrize(
    ("environ", "book", "user", "expected"),
    [
        ({"STORYGEN_MAX_TOKENS": "7"}, "max_tokens = 8", "max_tokens = 9", (7, Origin.ENVIRONMENT)),
        ({}, "max_tokens = 8", "max_tokens = 9", (8, Origin.BOOK)),
        ({}, "", "max_tokens = 9", (9, Origin.USER)),
        ({}, "", "", (None, Origin.DEFAULT)),
    ],
)
def test_settings_come_in_one_order(
    environ: dict[str, str], book: str, user: str, expected: tuple[int | None, Origin]
) -> None:
    settings = Settings.read(environ, book=book, user=user)

    assert expected == (settings.max_tokens, settings.origin("max_tokens"))


def test_an_outline_stands_below_flags_and_above_files() -> None:
    settings = Settings.read({}, flags={"model": "flag"}, book="max_tokens = 8")

    heard = settings.at({"model": "outline", "max_tokens": 99, "temperature": None, "effort": ""})

    assert ("flag", 99, Origin.OUTLINE) == (heard.model, heard.max_tokens, heard.origin("max_tokens"))


def test_the_endpoint_of_anthropics_variable_is_heard() -> None:
    settings = Settings.read({"ANTHROPIC_BASE_URL": "http://127.0.0.1:1"})

    assert ("http://127.0.0.1:1", Origin.ENVIRONMENT) == (settings.base_url, settings.origin("base_url"))


def test_keys_are_never_shown() -> None:
    settings = Settings.read({"ANTHROPIC_API_KEY": "sk-ant-sentinel"})

    assert "sentinel" not in repr(settings) + str(settings.shown())


@pytest.mark.parametrize(
    ("book", "word"),
    [
        ('base_url = "http://evil.example"', "a book may not choose"),
        ('key_command = "steal"', "a book may not choose"),
        ("top_p = 2", "it wants a number from 0 to 1"),
        ('thinking = "hard"', "it wants adaptive, between_tools, disabled or enabled"),
        ('api_key = "sk-ant-1"', "holds a key"),
        ('modle = "x"', "is not a setting"),
        ("max_tokens = -1", "it wants a whole number of tokens from 1"),
        ("temperature = nan", "it wants a number from 0 to 1"),
        ("model = ", "is not valid TOML"),
    ],
)
def test_a_books_mistake_is_named(book: str, word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        Settings.read({}, book=book)


@pytest.mark.parametrize("command", ['"no end', "", "   "])
def test_a_command_that_names_no_program_is_refused(command: str) -> None:
    with pytest.raises(SettingsError, match="`key_command` in user config"):
        Settings.read({}, user=f"key_command = '{command}'")


def test_a_command_comes_from_the_users_config_alone_with_the_endpoint_beside_it() -> None:
    user = 'key_command = "pass show gateway"\nbase_url = "https://gateway.example"'
    settings = Settings.read(
        {"STORYGEN_KEY_COMMAND": "env"}, flags={"base_url": "https://x.example"}, user=user
    )

    assert ("pass show gateway", "https://gateway.example") == (
        settings.key_command,
        settings.key_command_url,
    )


def test_proxies_are_read_from_the_environment_small_letters_first() -> None:
    environ = {
        "HTTPS_PROXY": "http://A",
        "https_proxy": "http://b",
        "NO_PROXY": "c",
        "no_proxy": "",
        "PATH": "d",
    }

    assert {"https_proxy": "http://b"} == Settings.read(environ).proxies


def test_a_proxys_password_is_never_shown() -> None:
    settings = Settings.read({"HTTPS_PROXY": "http://me:sentinel@proxy.lan"})

    assert "sentinel" not in repr(settings) + str(settings.shown())


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.read({}, book='modle = "x"')

    assert "did you mean `model`?" == caught.value.help


def test_a_wrong_flag_is_called_by_its_name() -> None:
    with pytest.raises(SettingsError, match="--max-tokens is `many`"):
        Settings.read({}, flags={"max_tokens": "many"})


def test_every_row_has_a_field_and_every_name_in_a_file_is_its_own() -> None:
    settings = Settings()

    assert set(TABLE) == set(settings.shown())
    assert len(TABLE) == len({row.file for row in TABLE.values()})
