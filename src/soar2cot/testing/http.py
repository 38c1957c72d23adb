"""A small HTTP/1.1 server that does exactly what a test orders, broken answers included. Nothing for production."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request, whole. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What goes back.

    `reset` closes the connection without a byte; `cut` sends that share of the body and closes; `byte_s` sends one byte
    every so many seconds; `silent` never answers.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    reset: bool = False
    cut: float | None = None
    byte_s: float | None = None
    silent: bool = False

    def head(self) -> bytes:
        """The status line and the headers."""
        lines = [f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Status')}"]
        lines += [f"Content-Type: {self.content_type}", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


Handler = Callable[[HttpRequest], "HttpResponse | Awaitable[HttpResponse]"]


class Connection(asyncio.Protocol):
    """One client, one request at a time; a handler that answers at once is answered in the same breath."""

    def __init__(self, handler: Handler, open_connections: set[Connection]) -> None:
        self._handler = handler
        self._open = open_connections
        self._buffer = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._last = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by class
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone; what was being made for it is dropped."""
        self._open.discard(self)
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Bytes came; answers every request that is whole."""
        self._buffer += data
        if self._task is None:
            self._serve()

    def _serve(self) -> None:
        while (request := self._next()) is not None:
            answer = self._handler(request)
            if not isinstance(answer, HttpResponse):
                self._task = asyncio.ensure_future(self._later(answer))
                return
            if answer.silent or answer.byte_s is not None:
                self._task = asyncio.ensure_future(self._slowly(answer))
                return
            self._write(answer)

    async def _later(self, coming: Awaitable[HttpResponse]) -> None:
        answer = await coming
        if answer.silent or answer.byte_s is not None:
            await self._slowly(answer)
        else:
            self._write(answer)
        self._task = None
        self._serve()

    async def _slowly(self, answer: HttpResponse) -> None:
        if answer.silent or answer.byte_s is None:
            await asyncio.Event().wait()
            return
        assert self.transport is not None
        self.transport.write(answer.head())
        for byte in answer.body:
            self.transport.write(bytes([byte]))
            await asyncio.sleep(answer.byte_s)

    def _write(self, answer: HttpResponse) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        if answer.reset:
            self.transport.abort()
        elif answer.cut is not None:
            self.transport.write(answer.head() + answer.body[: int(len(answer.body) * answer.cut)])
            self.transport.close()
        else:
            self.transport.write(answer.head() + answer.body)
            if self._last:
                self.transport.close()

    def _next(self) -> HttpRequest | None:
        """The next request in the buffer, None where it is not whole."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = int(headers.get("content-length", "0"))
        if len(self._buffer) < end + 4 + size:
            return None
        body = bytes(self._buffer[end + 4 : end + 4 + size])
        del self._buffer[: end + 4 + size]
        self._last = headers.get("connection", "").lower() == "close"
        method, path, _ = first.split(" ", 2)
        return HttpRequest(method, path.partition("?")[0], headers, body)
