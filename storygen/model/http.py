"""The Messages API over HTTP: the one place that knows httpx."""

from __future__ import annotations

import errno
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager

import httpx

from storygen.crash_points import CrashPoint, Reached, unwatched
from storygen.errors import Cut, SettingsError, Unreachable
from storygen.messages import Below, Reply, Transport
from storygen.model.deadlines import Deadlines
from storygen.model.endpoint import messages_url, origin
from storygen.model.turns import Turns

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
)
_NEVER_SENDABLE = (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL)
_NO_MORE = (errno.EMFILE, errno.ENFILE)
_AGAIN = "try again; what came so far is kept"
_PIECE = 1 << 20
_SENT = "http11.receive_response_headers.started"  # httpcore's name for what follows the last byte sent


@asynccontextmanager
async def connect(
    base_url: str,
    *,
    keyed: bool = True,
    deadlines: Deadlines = Deadlines(),
    proxy: str | None = None,
    ca_file: str | None = None,
    reached: Reached = unwatched,
) -> AsyncIterator[Below]:
    """Open the way to *base_url*: to its messages and what lies below, as many sends at once as are wanted.

    *keyed* is whether a key will go there. *proxy* is an address, *ca_file* the certificates to trust instead
    of the usual ones; the environment is not asked. Redirects are not followed, and a connection carries one
    send only, since one that went stale would lose a paid request. Replies take turns to be read. Raises
    SettingsError for an address that may not be used; the transports raise Unreachable and Cut.
    """
    messages_url(base_url, keyed=keyed)
    turns = Turns()
    async with _client(deadlines, proxy, ca_file) as client:

        def below(method: str, path: str) -> Transport:
            url = messages_url(base_url, keyed=keyed, below=path)
            return _transport(client, method, url, where=origin(base_url), turns=turns, reached=reached)

        yield below


def _transport(
    client: httpx.AsyncClient, method: str, url: str, *, where: str, turns: Turns, reached: Reached
) -> Transport:
    async def trace(step: str, _: object) -> None:
        if step == _SENT:
            reached(CrashPoint.AFTER_SEND)

    @asynccontextmanager
    async def transport(headers: Mapping[str, str], body: bytes) -> AsyncIterator[Reply]:
        with _translated(where):
            fields = {**headers, "content-length": str(len(body))} if body else dict(headers)
            request = client.build_request(
                method,
                url,
                headers=fields,
                content=_pieces(body) if body else None,
                extensions={"trace": trace},
            )
            response = await client.send(request, stream=True)
        async with aclosing(response), aclosing(_chunks(response, where, turns, reached)) as chunks:
            yield Reply(response.status_code, _lower(response), chunks)

    return transport


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    """Yield *body* bit by bit: the deadline of a write is that of one piece, however large the whole is."""
    for start in range(0, len(body), _PIECE):
        yield body[start : start + _PIECE]


def _client(deadlines: Deadlines, proxy: str | None, ca_file: str | None) -> httpx.AsyncClient:
    try:
        return httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            verify=ssl.create_default_context(cafile=ca_file) if ca_file else True,
            proxy=proxy,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            timeout=httpx.Timeout(
                connect=deadlines.connect,
                write=deadlines.write,
                read=None,  # whoever reads keeps these deadlines, all of them at once
                pool=None,
            ),
        )
    except OSError as error:
        raise SettingsError(f"the certificates in {ca_file} cannot be read: {error.strerror}") from None
    except (ValueError, ImportError, httpx.InvalidURL):
        raise SettingsError("the proxy's address cannot be used", "write it as http://host:port") from None


def _lower(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


async def _chunks(
    response: httpx.Response, where: str, turns: Turns, reached: Reached
) -> AsyncGenerator[bytes, None]:
    with _translated(where):
        since = turns.clock()
        async for chunk in response.aiter_raw():
            yield chunk
            reached(CrashPoint.MID_STREAM)
            since = await turns.glance(since)


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Turn httpx's errors into ours; theirs hold the request and with it the key, so none is chained."""
    try:
        yield
    except _NEVER_SENDABLE as error:
        raise Unreachable(f"nothing can be sent to {where}{_because(error)}", retry=False) from None
    except _NEVER_SENT as error:
        raise _unreachable(where, error) from None
    except httpx.TimeoutException:
        raise Cut(f"{where} took no more or gave no more in time", _AGAIN) from None
    except httpx.TransportError as error:
        raise Cut(f"the connection to {where} broke{_because(error)}", _AGAIN) from None


def _unreachable(where: str, error: httpx.TransportError) -> Unreachable:
    because = _because(error)
    if any(isinstance(each, OSError) and each.errno in _NO_MORE for each in _causes(error)):
        return Unreachable(
            "no further connection can be opened: this process has as many open files as it may",
            "allow it more (`ulimit -n 4096`), or run fewer at once with --jobs",
        )
    if any(isinstance(each, ssl.SSLError) for each in _causes(error)):
        return Unreachable(
            f"{where} cannot prove who it is{because}",
            "check the base URL, the network's proxy and this machine's clock",
            retry=False,
        )
    return Unreachable(f"{where} cannot be reached{because}", "check the network and the base URL")


def _because(error: Exception) -> str:
    return f": {error}" if str(error) else ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield *error* and all that led to it; where a host has several addresses, what happened at each."""
    if error is not None:
        yield error
        for each in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
            yield from _causes(each)
        yield from _causes(error.__cause__ or error.__context__)
