"""Sockets that only this machine reaches, and only on purpose."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import ByteStream, Listener, SocketAttribute

from storygen.errors import UsageError
from storygen.messages import Reply
from storygen.rehearsal.call import Answering, Call, reply
from storygen.rehearsal.rules import Problem

_UNSPOKEN = "80"
"""The port that clients leave out of `Host`."""


@asynccontextmanager
async def loopback(host: str, port: int) -> AsyncIterator[tuple[Listener[ByteStream], str]]:
    """Listen at *host* and yield the listener and its authority, as `127.0.0.1:8484`; port 0 is any free one.

    Raises UsageError where other machines could reach the address, and where it cannot be had.
    """
    if not _is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines, and this server is for this one alone",
            "leave out --host, or name 127.0.0.1 or ::1",
        )
    try:
        listener = await anyio.create_tcp_listener(local_host=host, local_port=port)
    except OSError as error:
        raise UsageError(
            f"port {port} of {host} cannot be had: {_why(error)}",
            "name another with --port, or --port 0 for any that is free",
        ) from None
    async with listener:
        taken = listener.extra(SocketAttribute.local_port)  # noqa: S610 - anyio's, not Django's
        yield listener, _authority(host, taken)


def only_for(authority: str, answer: Answering) -> Answering:
    """Return *answer*, but for calls that name another server or come from another site's page.

    A page of any site can make a browser call this machine, under a name of its own (DNS rebinding); then
    `Host` gives it away, or `Origin` does.
    """
    port = authority.rpartition(":")[2]
    hosts = {authority, f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"}
    if port == _UNSPOKEN:
        hosts |= {host.removesuffix(f":{port}") for host in hosts}
    origins = {f"http://{host}" for host in hosts}

    @asynccontextmanager
    async def answer_if_meant(call: Call) -> AsyncIterator[Reply]:
        host, origin = call.headers.get("host", ""), call.headers.get("origin")
        if host.lower() in hosts and (origin is None or origin.lower() in origins):
            async with answer(call) as found:
                yield found
        else:
            message = f"This server answers to {authority} on its own machine, and to no other site"
            yield reply(Problem(403, "permission_error", message), call)

    return answer_if_meant


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _why(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
