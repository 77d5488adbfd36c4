from __future__ import annotations

import pytest

from storygen.errors import SettingsError
from storygen.model.endpoint import is_anthropic, messages_url, origin


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1/messages"),
        ("https://host.example/anthropic/", "https://host.example/anthropic/v1/messages"),
        (" http://localhost:1234/v1/ ", "http://localhost:1234/v1/messages"),
        ("http://127.0.0.1:8484", "http://127.0.0.1:8484/v1/messages"),
        ("http://[::1]:8484", "http://[::1]:8484/v1/messages"),
    ],
)
def test_a_base_url_may_be_written_with_or_without_its_path(base_url: str, expected: str) -> None:
    assert expected == messages_url(base_url, keyed=True)


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.anthropic.com",
        "ftp://host",
        "file:///etc/passwd",
        "http://",
        "https://host:0",
        "https://host:x",
        "https://[::1",
    ],
)
def test_what_is_no_web_address_is_refused(base_url: str) -> None:
    with pytest.raises(SettingsError, match="no web address"):
        messages_url(base_url, keyed=False)


@pytest.mark.parametrize(
    "base_url", ["https://me:secret@host", "https://host/?key=secret", "https://host/#secret"]
)
def test_an_address_that_holds_more_is_refused_without_showing_it(base_url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        messages_url(base_url, keyed=False)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("host", ["192.168.1.20:11434", "10.0.0.5", "172.16.0.1", "[fd00::1]:8080"])
def test_plain_http_goes_to_a_private_address_only_without_a_key(host: str) -> None:
    assert f"http://{host}/v1/messages" == messages_url(f"http://{host}", keyed=False)
    with pytest.raises(SettingsError, match="and the key over plain http"):
        messages_url(f"http://{host}", keyed=True)


@pytest.mark.parametrize(
    "host",
    [
        "api.anthropic.com",
        "8.8.8.8",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "0.0.0.0",
        "169.254.169.254",
        "2130706433",
    ],
)
def test_plain_http_goes_nowhere_else(host: str) -> None:
    with pytest.raises(SettingsError, match="plain http"):
        messages_url(f"http://{host}", keyed=False)


def test_an_origin_names_only_an_unusual_port() -> None:
    assert ["http://[::1]:8080", "https://host"] == [
        origin("http://[::1]:8080/v1"),
        origin("https://HOST:443/x"),
    ]


@pytest.mark.parametrize(
    "base_url", ["http://api.anthropic.com", "https://api.anthropic.com:8443", "https://anthropic.com"]
)
def test_only_anthropics_own_origin_is_anthropic(base_url: str) -> None:
    assert not is_anthropic(base_url)
