"""Which proxy a request goes through."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from storygen.model.endpoint import is_loopback


def proxy_for(base_url: str, proxies: Mapping[str, str]) -> str | None:
    """Return the address of the proxy on the way to *base_url*, or None; none stands before this machine.

    *proxies* are the usual variables by their names in lower case; `no_proxy` lists hosts and domains that
    are reached without one.

    >>> proxy_for("https://api.anthropic.com", {"https_proxy": "proxy.lan:3128"})
    'http://proxy.lan:3128'
    >>> proxy_for("https://llm.lan/v1", {"https_proxy": "proxy.lan:3128", "no_proxy": ".lan"})
    """
    parts = urlsplit(base_url.strip().lower())
    if is_loopback(base_url) or _listed(parts, proxies.get("no_proxy", "")):
        return None
    found = proxies.get(f"{parts.scheme}_proxy") or proxies.get("all_proxy")
    return found and (found if "://" in found else f"http://{found}")


def _listed(parts: SplitResult, no_proxy: str) -> bool:
    names = {name.strip().lower().removeprefix("*").removeprefix(".") for name in no_proxy.split(",")}
    if "*" in no_proxy.split(","):
        return True
    host = parts.hostname or ""
    domains = {host.split(".", number)[-1] for number in range(host.count(".") + 1)}
    return bool(names & {*domains, parts.netloc})


def shown(proxy: str) -> str:
    """Return the address of *proxy* without the name and password that it may hold.

    >>> shown("http://me:secret@proxy.lan:3128")
    'http://proxy.lan:3128'
    """
    scheme, _, rest = proxy.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
