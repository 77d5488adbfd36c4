"""Where requests go, and whether they may."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from storygen.errors import SettingsError
from storygen.settings import ANTHROPIC

_PORTS = {"http": 80, "https": 443}


def messages_url(base_url: str, *, keyed: bool, below: str = "") -> str:
    """Return the address of the messages under *base_url*, written with or without its `/v1`.

    *keyed* is whether a key goes there, *below* a path further down, such as `/count_tokens`. Raises
    SettingsError for an address that is none, that holds a name or password, or that would send text or key
    in the clear: plain http goes to this machine, and to a private address when no key is sent.

    >>> messages_url("http://localhost:8080/v1/", keyed=True)
    'http://localhost:8080/v1/messages'
    """
    parts = _split(base_url)
    if parts.scheme == "http" and not _may_be_plain(parts.hostname or "", keyed=keyed):
        raise SettingsError(
            f"{origin(base_url)} would get the text{' and the key' if keyed else ''} over plain http",
            "write https; plain http goes to this machine, and to a private address when no key is sent",
        )
    path = parts.path.rstrip("/").removesuffix("/messages").removesuffix("/v1")
    return f"{parts.scheme}://{parts.netloc}{path}/v1/messages{below}"


def origin(base_url: str) -> str:
    """Return scheme, host and port of *base_url*, the port only if it is not the usual one.

    >>> origin("https://API.Anthropic.com:443/v1")
    'https://api.anthropic.com'
    """
    parts = _split(base_url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in {None, _PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def is_anthropic(base_url: str) -> bool:
    """Return whether *base_url* is Anthropic's own API, which takes everything that models.toml says.

    >>> is_anthropic("https://api.anthropic.com/"), is_anthropic("https://api.anthropic.com.example.org")
    (True, False)
    """
    return origin(base_url) == ANTHROPIC


def is_loopback(base_url: str) -> bool:
    """Return whether *base_url* is on this very machine.

    >>> is_loopback("http://127.0.0.1:8080"), is_loopback("https://localhost.example.org")
    (True, False)
    """
    host = _split(base_url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url.strip())
        usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(
            "the base URL is no web address", "write it as https://host or http://127.0.0.1:8080"
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(
            "the base URL holds more than an address",
            "leave out name, password, query and fragment; a key goes into STORYGEN_API_KEY",
        )
    return parts


def _may_be_plain(host: str, *, keyed: bool) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    reachable = address.is_private and not (address.is_unspecified or address.is_link_local)
    return address.is_loopback or (reachable and not keyed)
