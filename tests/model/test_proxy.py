from __future__ import annotations

import pytest

from storygen.model.proxy import proxy_for, shown

PROXY = {"https_proxy": "http://proxy.lan:3128"}
API = "https://api.anthropic.com"


@pytest.mark.parametrize(
    ("base_url", "proxies", "expected"),
    [
        (API, {}, None),
        (API, PROXY, "http://proxy.lan:3128"),
        (API, {"https_proxy": "proxy.lan:3128"}, "http://proxy.lan:3128"),
        (API, {"http_proxy": "http://proxy.lan"}, None),
        (API, {"all_proxy": "http://all.lan"}, "http://all.lan"),
        (API, PROXY | {"all_proxy": "http://all.lan"}, "http://proxy.lan:3128"),
        ("http://192.168.1.5:8080", PROXY, None),
        ("http://192.168.1.5:8080", {"http_proxy": "http://proxy.lan"}, "http://proxy.lan"),
    ],
)
def test_the_schemes_own_variable_comes_first(
    base_url: str, proxies: dict[str, str], expected: str | None
) -> None:
    assert expected == proxy_for(base_url, proxies)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_proxy_stands_before_this_machine(host: str, scheme: str) -> None:
    proxies = dict.fromkeys(["http_proxy", "https_proxy", "all_proxy"], "http://proxy.lan")

    assert None is proxy_for(f"{scheme}://{host}:8080", proxies)


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("*", True),
        ("api.anthropic.com", True),
        ("anthropic.com", True),
        (".anthropic.com", True),
        ("*.anthropic.com", True),
        ("API.Anthropic.com", True),
        ("other.example, anthropic.com ", True),
        ("thropic.com", False),
        ("api.anthropic.com.example", False),
        ("api.anthropic.com:8443", False),
        ("", False),
        (",", False),
    ],
)
def test_listed_hosts_are_reached_directly(no_proxy: str, *, direct: bool) -> None:
    assert direct is (proxy_for(API, PROXY | {"no_proxy": no_proxy}) is None)


def test_a_host_can_be_listed_with_its_port() -> None:
    assert None is proxy_for(f"{API}:8443", PROXY | {"no_proxy": "api.anthropic.com:8443"})


def test_the_password_of_a_proxy_is_not_shown() -> None:
    assert "http://proxy.lan:3128" == shown("http://me:sentinel@more@proxy.lan:3128")
